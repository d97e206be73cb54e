package org.tlac.acceptance.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.platform.metrics.Catalogue;

/** docs/monitoring.md and docs/runbooks.md: what they tell people to type works. */
class GuideTest {

    private static final Guide GUIDE = Guide.of("monitoring.md");
    private static final Guide RUNBOOKS = Guide.of("runbooks.md");

    @TempDir
    private Path temp;

    @Test
    void everyQuery_isPromQl_andFindsData() {
        List<String> queries = Stream.of(GUIDE, RUNBOOKS)
                .flatMap(guide -> guide.blocks("promql").stream())
                .map(Guide.Block::text)
                .toList();
        assertThat(queries).hasSizeGreaterThan(30);
        Tool.Outcome parsed = PromQl.parse(temp, queries);
        assertThat(parsed.exit()).as(parsed.output()).isZero();
        // Of failures there are none of some kinds in the sample: an empty answer is right there.
        Tool.Outcome found = PromQl.findData(
                temp, queries.stream().filter(query -> !query.contains("> 0)")).toList());
        assertThat(found.exit()).as(found.output()).isZero();
    }

    @Test
    void aWrongQuery_isNoticed() {
        assertThat(PromQl.parse(temp, List.of("sum(rate(tlac_errors_total[5m])"))
                        .exit())
                .isNotZero();
    }

    @Test
    void everyCommand_saysWhereItRuns() {
        for (Guide guide : List.of(GUIDE, RUNBOOKS)) {
            assertThat(guide.blocks("bash"))
                    .allSatisfy(block -> assertThat(block.mark())
                            .as(block.text())
                            .isIn("runs: here", "runs: live", "needs: docker", "needs: kubernetes"));
        }
        assertThat(GUIDE.blocks("bash")).extracting(Guide.Block::mark).contains("runs: here", "runs: live");
    }

    @ParameterizedTest
    @MethodSource
    void commandThatRunsHere_runs(String command) {
        for (String tool : List.of("promtool", "amtool")) {
            assumeTrue(!command.contains(tool) || new Tool(tool).isInstalled(), tool + " is not installed");
        }
        Tool.Outcome outcome = new Tool("bash").run(Checkout.ROOT, "-euo", "pipefail", "-c", command);
        assertThat(outcome.exit()).as(outcome.output()).isZero();
    }

    static List<String> commandThatRunsHere_runs() {
        return GUIDE.blocks("bash").stream()
                .filter(block -> block.mark().equals("runs: here"))
                .flatMap(block -> block.text().lines())
                .toList();
    }

    /** What needs an engine is not run here, only read. */
    @Test
    void commandsForContainers_areShell() {
        List<String> commands = GUIDE.blocks("bash").stream()
                .filter(block -> block.mark().startsWith("needs: "))
                .flatMap(block -> block.text().lines())
                .toList();
        assertThat(commands)
                .isNotEmpty()
                .allSatisfy(command -> assertThat(command).containsPattern("\\b(docker compose|kubectl) "));
        // Syntax alone: -n reads and does not run.
        for (String command : commands) {
            Tool.Outcome outcome = new Tool("bash").run(temp, "-n", "-c", command);
            assertThat(outcome.exit()).as(outcome.output()).isZero();
        }
    }

    @Test
    void everyExampleOfRules_isValid() throws Exception {
        List<Guide.Block> rules = GUIDE.blocks("yaml").stream()
                .filter(block -> block.text().startsWith("groups:"))
                .toList();
        assertThat(rules).isNotEmpty();
        for (Guide.Block block : rules) {
            Files.writeString(temp.resolve("rules.yml"), block.text());
            Tool.Outcome outcome =
                    new Tool("promtool").run(temp, "check", "rules", "--lint=all", "--lint-fatal", "rules.yml");
            assertThat(outcome.exit()).as(outcome.output()).isZero();
        }
    }

    /** The worked example, compiled and run as it stands in the guide. */
    @Test
    void metricOfYourOwn_isInTheScrape() throws Exception {
        List<Guide.Block> code = GUIDE.blocks("java");
        assertThat(code).hasSize(2);
        Path source = temp.resolve("Example.java");
        Files.writeString(source, """
                import static org.tlac.platform.metrics.Metric.Kind.COUNTER;
                import static org.tlac.platform.metrics.Metric.Merge.SUM;
                import static org.tlac.platform.metrics.ServiceName.ACTIVITY;

                import java.util.*;
                import java.util.function.Supplier;
                import org.tlac.platform.metrics.*;
                import org.tlac.platform.metrics.Metric.Label;

                public final class Example implements Supplier<String> {
                    private static final List<Double> NO_BUCKETS = List.of();

                    %s

                    @Override
                    public String get() {
                        Metrics metrics = Metrics.open(ACTIVITY, "test");
                        %s
                        return metrics.scrape();
                    }
                }
                """.formatted(code.get(0).text(), code.get(1).text()));
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-cp", System.getProperty("java.class.path"), source.toString());
        assertThat(failed).isZero();
        try (var loader =
                new URLClassLoader(new URL[] {temp.toUri().toURL()}, getClass().getClassLoader())) {
            Object example =
                    loader.loadClass("Example").getDeclaredConstructor().newInstance();
            String scrape = ((Supplier<?>) example).get().toString();
            assertThat(scrape.lines())
                    .containsAll(GUIDE.blocks("text").getFirst().text().lines().toList());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"monitoring.md", "runbooks.md"})
    void everyLink_leadsSomewhere(String name) {
        Guide guide = Guide.of(name);
        assertThat(guide.links()).allSatisfy(link -> {
            String[] parts = link.split("#", 2);
            Path target = parts[0].isEmpty() ? guide.file() : guide.file().resolveSibling(parts[0]);
            assertThat(target).exists();
            if (parts.length == 2) {
                assertThat(new Guide(target).anchors()).as(link).contains(parts[1]);
            }
        });
    }

    /** Each fact that the first guide gave people to work with. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:3000",
                "http://localhost:9090",
                "https://localhost:8443/metrics",
                "https://localhost:8443/admin-metrics.html",
                "https://localhost:8443/api/admin/metrics",
                "TLAC Overview",
                "GRAFANA_ADMIN_USER",
                "GRAFANA_ADMIN_PASSWORD",
                "docker compose -f compose.yml -f compose.monitoring.yml up -d",
                "docker compose -f compose.monitoring.yml up -d prometheus grafana"
            })
    void guide_keepsWhatTheFirstOnePromised(String fact) {
        assertThat(Checkout.text(GUIDE.file())).contains(fact);
    }

    @Test
    void everyMetricOfTheCatalogue_isExplained() {
        String text = Checkout.text(GUIDE.file());
        assertThat(Catalogue.all())
                .allSatisfy(metric -> assertThat(text)
                        .containsPattern(metric.name().replace("tlac_db_connections_", "(tlac_db_connections)?_")));
    }
}
