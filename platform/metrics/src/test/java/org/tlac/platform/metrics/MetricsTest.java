package org.tlac.platform.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MetricsTest {

    private static final Metrics METRICS = Metrics.open(ServiceName.AUTH, "1.2.3");

    @Test
    void countersWithKnownLabels_existAtZeroFromTheStart() {
        METRICS.counter(Catalogue.LOGIN_ATTEMPTS);
        assertThat(METRICS.scrape())
                .contains("tlac_auth_login_attempts_total{status=\"rate_limited\",} 0.0")
                .contains("# TYPE tlac_auth_login_attempts_total counter");
    }

    @Test
    void histogram_hasItsBucketsAndNothingElse() {
        METRICS.histogram(Catalogue.HTTP_REQUEST_DURATION).observe(0.3, "GET", "/api/x");
        METRICS.histogram(Catalogue.RATE_LIMIT_USAGE).observe(55, "/api/x");
        String text = METRICS.scrape();
        assertThat(text)
                .contains("# TYPE tlac_http_request_duration_seconds histogram")
                .contains("endpoint=\"/api/x\",method=\"GET\",le=\"0.25\",} 0.0")
                .contains("endpoint=\"/api/x\",method=\"GET\",le=\"2.0\",} 1.0")
                .contains("tlac_rate_limit_usage_bucket{endpoint=\"/api/x\",le=\"75.0\",} 1.0")
                .doesNotContain("quantile")
                .doesNotContain("duration_seconds_max")
                .doesNotContain("usage_max")
                .doesNotContain("scope=");
    }

    @Test
    void declaredMaximum_isKept() {
        METRICS.gauge(Catalogue.DB_CONNECTIONS_MAX, () -> 20);
        assertThat(METRICS.scrape()).contains("tlac_db_connections_max 20.0");
    }

    @Test
    void gaugeRegisteredAgain_asksTheNewSupplier() {
        METRICS.gauge(Catalogue.DB_CONNECTIONS_ACTIVE, () -> 1);
        METRICS.gauge(Catalogue.DB_CONNECTIONS_ACTIVE, () -> 2);
        assertThat(METRICS.scrape()).contains("tlac_db_connections_active 2.0");
    }

    @Test
    void jvmAndProcessMetrics_areThere() {
        assertThat(METRICS.scrape())
                .contains(
                        "jvm_memory_used_bytes{",
                        "process_cpu_usage ",
                        "process_files_open_files ",
                        "tlac_build_info{version=\"1.2.3\",} 1.0");
    }

    @Test
    void level_goesUpAndComesBack() {
        Level level = METRICS.level(Catalogue.HTTP_REQUESTS_IN_PROGRESS);
        level.increment("GET", "/level");
        assertThat(METRICS.scrape()).contains("endpoint=\"/level\",method=\"GET\",} 1.0");
        level.decrement("GET", "/level");
        assertThat(METRICS.scrape()).contains("endpoint=\"/level\",method=\"GET\",} 0.0");
    }

    @Test
    void labelSetsBeyondTheBound_shareOneSeries() {
        Counter counter = METRICS.counter(Catalogue.AUDIT_ENTRIES);
        for (int i = 0; i < Metrics.MAX_SERIES + 50; i++) {
            counter.increment("action" + i);
        }
        assertThat(METRICS.scrape().lines().filter(line -> line.startsWith("tlac_audit_entries_total{")))
                .hasSize(Metrics.MAX_SERIES + 1);
        assertThat(METRICS.scrape()).contains("tlac_audit_entries_total{action=\"other\",} 50.0");
    }

    @Test
    void handlesOfOtherServicesOrKinds_areRefused() {
        assertThatThrownBy(() -> METRICS.counter(Catalogue.PYTHON_RUNS)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> METRICS.counter(Catalogue.SESSIONS_ACTIVE))
                .isInstanceOf(IllegalArgumentException.class);
        Counter attempts = METRICS.counter(Catalogue.LOGIN_ATTEMPTS);
        assertThatThrownBy(attempts::increment).isInstanceOf(IllegalArgumentException.class);
    }
}
