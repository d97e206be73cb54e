package org.tlac.platform.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.tlac.platform.metrics.Metric.Kind;

class CatalogueTest {

    @Test
    void names_areUniqueAndFollowPrometheusRules() {
        HashSet<String> seen = new HashSet<>();
        for (Metric metric : Catalogue.all()) {
            assertThat(seen.add(metric.name())).as(metric.name()).isTrue();
            assertThat(metric.name()).matches("tlac_[a-z0-9_]+");
            assertThat(metric.name().endsWith("_total")).as(metric.name()).isEqualTo(metric.kind() == Kind.COUNTER);
            assertThat(metric.buckets().isEmpty()).as(metric.name()).isEqualTo(metric.kind() != Kind.HISTOGRAM);
            assertThat(metric.buckets()).as(metric.name()).isSorted();
            assertThat(metric.help()).endsWith(".");
        }
    }

    /** The monitoring guide's promise: changing one of these breaks dashboards that schools have built. */
    @Test
    void guideMetrics_keepNameTypeAndLabels() {
        assertThat(Catalogue.all().stream().limit(18).map(m -> m.name() + " " + m.kind() + " " + m.labelNames()))
                .containsExactly(
                        "tlac_http_requests_total COUNTER [method, endpoint, status]",
                        "tlac_http_request_duration_seconds HISTOGRAM [method, endpoint]",
                        "tlac_http_requests_in_progress GAUGE [method, endpoint]",
                        "tlac_auth_login_attempts_total COUNTER [status]",
                        "tlac_auth_sessions_active GAUGE []",
                        "tlac_activity_saves_total COUNTER [lesson_id]",
                        "tlac_activity_save_duration_seconds HISTOGRAM []",
                        "tlac_python_runs_total COUNTER [status]",
                        "tlac_python_run_duration_seconds HISTOGRAM []",
                        "tlac_rate_limit_exceeded_total COUNTER [endpoint, limit_type]",
                        "tlac_rate_limit_usage HISTOGRAM [endpoint]",
                        "tlac_db_connections_active GAUGE []",
                        "tlac_db_query_duration_seconds HISTOGRAM [operation]",
                        "tlac_db_errors_total COUNTER [error_type]",
                        "tlac_backup_duration_seconds HISTOGRAM []",
                        "tlac_backup_size_bytes GAUGE [backup_type]",
                        "tlac_backup_last_success_timestamp GAUGE []",
                        "tlac_errors_total COUNTER [error_type, endpoint]");
    }
}
