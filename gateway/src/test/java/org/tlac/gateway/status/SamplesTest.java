package org.tlac.gateway.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.ServiceName;

class SamplesTest {

    private final Samples samples = new Samples();

    @Test
    void shares_addUp_factsDoNot() {
        samples.add(
                ServiceName.AUTH,
                "tlac_auth_login_attempts_total{status=\"failed\",} 2.0\ntlac_auth_sessions_active 7.0");
        samples.add(
                ServiceName.AUTH,
                "tlac_auth_login_attempts_total{status=\"failed\",} 3.0\ntlac_auth_sessions_active 7.0");
        assertThat(samples.total(Catalogue.LOGIN_ATTEMPTS, Map.of("status", "failed")))
                .isEqualTo(5);
        assertThat(samples.total(Catalogue.LOGIN_ATTEMPTS, Map.of("status", "success")))
                .isZero();
        assertThat(samples.total(Catalogue.SESSIONS_ACTIVE)).isEqualTo(7);
    }

    @Test
    void requests_areThoseOfTheEdge_allItsReplicas() {
        String requests = "tlac_http_requests_total{endpoint=\"/x\",method=\"GET\",status=\"200\",} 2.0";
        samples.add(ServiceName.GATEWAY, requests);
        samples.add(ServiceName.GATEWAY, requests);
        samples.add(ServiceName.AUTH, requests);
        assertThat(samples.total(Catalogue.HTTP_REQUESTS)).isEqualTo(4);
    }

    @Test
    void histograms_addUpBucketByBucket_andCountOnceInTotals() {
        String histogram = """
                # TYPE tlac_activity_save_duration_seconds histogram
                tlac_activity_save_duration_seconds_bucket{le="0.001",} 1.0
                tlac_activity_save_duration_seconds_bucket{le="+Inf",} 2.0
                tlac_activity_save_duration_seconds_count 2.0
                tlac_activity_save_duration_seconds_sum 0.5
                """;
        samples.add(ServiceName.ACTIVITY, histogram);
        samples.add(ServiceName.ACTIVITY, histogram);
        assertThat(samples.total(Catalogue.ACTIVITY_SAVE_DURATION)).isEqualTo(4);
        assertThat(samples.exposition())
                .contains(
                        "# TYPE tlac_activity_save_duration_seconds histogram",
                        "tlac_activity_save_duration_seconds_bucket{le=\"+Inf\",} 4.0",
                        "tlac_activity_save_duration_seconds_sum 1.0");
    }

    @Test
    void whatTheCatalogueDoesNotKnow_isLeftOut() {
        samples.add(
                ServiceName.AUTH,
                "tlac_unknown_total 1.0\njvm_threads 2.0\ntlac_auth_sessions_active not-a-sample x\n");
        assertThat(samples.exposition()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 100.0", "2, 3, 66.7", "1, 3, 33.3", "0, 5, 0.0", "5, 5, 100.0", "999, 1000, 99.9"})
    void rates_areInPercentWithOneDecimal_100WhereNothingHappened(long part, long total, double expected) {
        assertThat(AdminMetrics.percent(part, total)).isEqualTo(expected);
    }
}
