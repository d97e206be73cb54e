package org.tlac.platform.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.platform.metrics.Metrics;
import org.tlac.platform.metrics.ServiceName;

class ScrapeTest {

    private static final String TEXT = """
            # HELP runs_total Programs run.
            # TYPE runs_total counter
            runs_total{status="success",kind="a"} 3.0
            runs_total{status="error",kind="a",} 1
            # TYPE up gauge
            up 1e0
            limit{le="+Inf",text="a\\"b\\\\c\\n,}"} +Inf
            """;

    @Test
    void values_areFoundByNameAndLabels() {
        Scrape scrape = Scrape.parse(TEXT);
        assertThat(scrape.value("up")).isEqualTo(1);
        assertThat(scrape.value("runs_total", "kind", "a", "status", "success")).isEqualTo(3);
        assertThat(scrape.sum("runs_total", "kind", "a")).isEqualTo(4);
        assertThat(scrape.sum("runs_total", "kind", "b")).isZero();
        assertThat(scrape.value("limit", "le", "+Inf", "text", "a\"b\\c\n,}")).isInfinite();
        assertThat(scrape.types()).isEqualTo(Map.of("runs_total", "counter", "up", "gauge"));
        assertThat(scrape.series()).hasSize(4);
    }

    @Test
    void absentSeries_isNotZero() {
        assertThatThrownBy(() -> Scrape.parse(TEXT).value("runs_total", "kind", "a"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("runs_total");
    }

    @Test
    void growth_countsASeriesThatIsNew() {
        Scrape before = Scrape.parse("up 1\n");
        assertThat(Scrape.parse(TEXT).since(before, "runs_total", "kind", "a")).isEqualTo(4);
        assertThat(Scrape.parse(TEXT).since(before, "up")).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "up\n",
                "up 1",
                "up one\n",
                " up 1\n",
                "up 1 2\n",
                "1up 1\n",
                "up{} 1\nup 2\n",
                "up{a=\"1\"} 1\nup{a=\"1\"} 1\n",
                "up{a=\"1\",a=\"2\"} 1\n",
                "up{a=1} 1\n",
                "up{,a=\"1\"} 1\n",
                "up{a=\"1\"b=\"2\"} 1\n",
                "up{a=\"1\",,} 1\n",
                "up{a=\"\\x\"} 1\n",
                "up{a=\"1\" 1\n",
                "# TYPE up\n",
                "# TYPE up number\n",
                "# TYPE up gauge\n# TYPE up gauge\n",
                "#up 1\n"
            })
    void malformedOrRepeatedLine_failsTheTest(String text) {
        assertThatThrownBy(() -> Scrape.parse(text)).isInstanceOf(AssertionError.class);
    }

    @Test
    void whatOurServicesExpose_isWellFormed() {
        Scrape scrape = Scrape.parse(Metrics.open(ServiceName.AUTH, "test").scrape());
        assertThat(scrape.value("tlac_build_info", "version", "test")).isEqualTo(1);
    }

    @Test
    void endpoint_isReadOverHttp() {
        try (StubService stub = StubService.answering(200, TEXT)) {
            assertThat(Scrape.of(stub.uri()).value("up")).isEqualTo(1);
            stub.answer(exchange -> StubService.reply(exchange, 503, ""));
            assertThatThrownBy(() -> Scrape.of(stub.uri()))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("503");
        }
    }
}
