package org.tlac.acceptance.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Metric;

class FederationExampleTest {

    private static final String EXAMPLE = "monitoring/examples/federation.yml";

    private static final JsonNode SCRAPES =
            Compose.yaml(Compose.text(Compose.ROOT.resolve(EXAMPLE))).path("scrape_configs");

    /** Syntax only: the files with passwords are the district's. */
    @Test
    void example_isAConfigurationOfPrometheus() {
        Program.Outcome outcome =
                Program.run(List.of("promtool", "check", "config", "--syntax-only", EXAMPLE), Map.of(), Compose.ROOT);
        assumeTrue(outcome.exit() != 127, "promtool is not installed");
        assertThat(outcome.exit()).as(outcome.output()).isZero();
    }

    @Test
    void metricsThatItTakes_areOurs() {
        List<String> taken = Compose.texts(SCRAPES.at("/0/params/match[]")).stream()
                .filter(selector -> selector.startsWith(Catalogue.PREFIX))
                .toList();
        assertThat(taken).hasSizeGreaterThan(3);
        assertThat(Catalogue.all().stream().map(Metric::name)).containsAll(taken);
    }

    @Test
    void passwords_areFiles_andConnectionsEncrypted() {
        assertThat(SCRAPES).hasSize(2).allSatisfy(scrape -> {
            assertThat(scrape.path("scheme").asText()).isEqualTo("https");
            assertThat(scrape.findPath("password").isMissingNode()).isTrue();
            assertThat(scrape.findPath("credentials").isMissingNode()).isTrue();
        });
    }
}
