package org.tlac.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tlac.gateway.edge.Compression;
import org.tlac.gateway.edge.LimitClass;
import org.tlac.gateway.status.MetricsAccess;
import org.tlac.gateway.upstream.UpstreamConfig;
import org.tlac.platform.http.ConnectionLimits;
import org.tlac.platform.metrics.ServiceName;

class GatewayConfigTest {

    private static GatewayConfig with(Map<String, String> overrides) {
        return GatewayConfig.from(
                Config.just(ConfigSources.create(overrides), ConfigSources.classpath("application.yaml")));
    }

    @Test
    void defaults_areThese() {
        GatewayConfig config = with(Map.of());
        assertThat(config.server().host()).isEqualTo("0.0.0.0");
        assertThat(config.server().port()).isEqualTo(8443);
        assertThat(config.server().managementHost()).isEqualTo("127.0.0.1");
        assertThat(config.server().managementPort()).isEqualTo(9080);
        assertThat(config.server().maxBodyBytes()).isEqualTo(1 << 20);
        assertThat(config.server().maxHeaderBytes()).isEqualTo(16 << 10);
        assertThat(config.server().connections()).isEqualTo(ConnectionLimits.DEFAULT.atMost(2200, 100, 2000, 400));
        assertThat(config.server().bodyBudgetBytes()).isEqualTo(16 << 20);
        assertThat(config.redirectPort()).isEqualTo(8080);
        assertThat(config.hsts()).isZero();
        assertThat(config.services()).containsEntry(ServiceName.AUTH, URI.create("http://127.0.0.1:8081"));
        assertThat(config.scrape()).containsEntry(ServiceName.BACKUP, List.of(URI.create("http://127.0.0.1:9084")));
        assertThat(config.runnerReplicas()).containsExactly(URI.create("http://127.0.0.1:8083"));
        assertThat(config.sessionCache()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.scrapeTimeout()).isEqualTo(Duration.ofMillis(1500));
        assertThat(config.scrapeMaxBytes()).isEqualTo(1 << 20);
        assertThat(config.upstream())
                .isEqualTo(new UpstreamConfig(
                        Duration.ofSeconds(1),
                        Duration.ofMillis(4500),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30),
                        64,
                        256,
                        Duration.ofSeconds(1),
                        500,
                        Duration.ofSeconds(15),
                        64,
                        Duration.ofSeconds(15),
                        16 << 20,
                        new UpstreamConfig.Breaker(10, 50, Duration.ofSeconds(1), Duration.ofSeconds(2))));
        assertThat(config.limits().enforce()).isTrue();
        assertThat(config.limits().perMinute())
                .isEqualTo(
                        Map.of(LimitClass.SAVES, 60, LimitClass.RUNS, 30, LimitClass.MARKS, 30, LimitClass.OTHER, 120));
        assertThat(config.metrics()).isEqualTo(MetricsAccess.Config.of("open", ""));
        assertThat(config.prometheus()).isEmpty();
        assertThat(config.courseFolder()).isEqualTo(Path.of("course"));
        assertThat(config.maxManifestBytes()).isEqualTo(256 << 10);
        assertThat(config.compression()).isEqualTo(new Compression.Limits(1024, 1 << 20, 4));
    }

    @Test
    void severalReplicas_areACommaList() {
        assertThat(with(Map.of("scrape.auth", "http://a:1, http://b:2"))
                        .scrape()
                        .get(ServiceName.AUTH))
                .containsExactly(URI.create("http://a:1"), URI.create("http://b:2"));
        assertThat(with(Map.of("replicas.runner", "http://a:1,http://b:2")).runnerReplicas())
                .containsExactly(URI.create("http://a:1"), URI.create("http://b:2"));
    }

    @Test
    void prometheus_isAnAddress() {
        assertThat(with(Map.of("prometheus.url", "http://prometheus:9090")).prometheus())
                .contains(URI.create("http://prometheus:9090"));
    }

    @ParameterizedTest
    @CsvSource({
        "server.port, 70000",
        "server.maxbodybytes, 0",
        "limits.runs, 0",
        "limits.other, many",
        "metrics.access, token",
        "metrics.access, public",
        "proxy.trusted, somewhere",
        "prometheus.url, prometheus:9090",
        "prometheus.url, ftp://prometheus:9090",
        "session.cache, soon",
        "compression.minbytes, 0",
        "compression.maxbytes, 1023",
        "compression.concurrent, -1",
        "compression.concurrent, 65",
        "course.maxmanifestbytes, 0",
        "course.maxmanifestbytes, 1048577",
        "session.cache, PT5.1S",
        "scrape.timeout, PT0S",
        "scrape.maxbytes, 0",
        "upstream.connecttimeout, PT0S",
        "upstream.timeout, PT-1S",
        "upstream.runtimeout, PT0S",
        "upstream.runlimit, PT9S",
        "upstream.calls, 0",
        "upstream.queue, -1",
        "upstream.queuetimeout, PT0S",
        "upstream.queuetimeout, PT4.5S",
        "upstream.streams, 0",
        "upstream.streamidle, PT0S",
        "upstream.idle, -1",
        "upstream.idletime, PT0S",
        "upstream.maxanswerbytes, 0",
        "upstream.breaker.window, 0",
        "upstream.breaker.window, 10001",
        "upstream.breaker.ratio, 0",
        "upstream.breaker.ratio, 101",
        "upstream.breaker.delay, PT0S",
        "upstream.breaker.probe, PT0S"
    })
    void valuesThatCannotBeUsed_stopTheStart(String key, String value) {
        assertThatThrownBy(() -> with(Map.of(key, value))).isInstanceOf(RuntimeException.class);
    }

    @Test
    void ports_areThoseOfTheTable() {
        GatewayConfig config = with(Map.of());
        assertThat(config.server().port()).isEqualTo(ServiceName.GATEWAY.port());
        assertThat(config.server().managementPort()).isEqualTo(ServiceName.GATEWAY.managementPort());
        for (ServiceName service : ServiceName.values()) {
            assertThat(config.scrape().get(service))
                    .as(service.id())
                    .containsExactly(URI.create("http://127.0.0.1:" + service.managementPort()));
            if (service != ServiceName.GATEWAY) {
                assertThat(config.services().get(service)).isEqualTo(URI.create("http://127.0.0.1:" + service.port()));
            }
        }
        assertThat(config.runnerReplicas())
                .containsExactly(URI.create("http://127.0.0.1:" + ServiceName.RUNNER.port()));
    }
}
