package org.tlac.acceptance.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tlac.acceptance.deployment.Manifests.elements;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Metric;

/** monitoring/dashboards: what Grafana shows, and that each of its questions has an answer. */
class DashboardTest {

    private static final Path FOLDER = Checkout.ROOT.resolve("monitoring/dashboards");
    private static final Pattern RUNBOOK = Pattern.compile("\\[(\\w+)]\\(/d/tlac-runbooks\\?viewPanel=(\\d+)\\)");

    @TempDir
    private Path temp;

    @Test
    void files_areWhatTheGeneratorWrites() {
        Checkout.copy("monitoring", temp);
        Checkout.copy("docs/runbooks.md", temp);
        Tool.Outcome outcome = new Tool("python3").run(temp, "monitoring/dashboards.py");
        assertThat(outcome.exit()).as(outcome.output()).isZero();
        for (Path file : Checkout.files(FOLDER)) {
            assertThat(Checkout.text(temp.resolve("monitoring/dashboards").resolve(file.getFileName())))
                    .as("run monitoring/dashboards.py, then k8s/refresh")
                    .isEqualTo(Checkout.text(file));
        }
    }

    @Test
    void check_namesTheFilesThatDiffer_andWritesNothing() throws IOException {
        Checkout.copy("monitoring", temp);
        Checkout.copy("docs/runbooks.md", temp);
        Tool python = new Tool("python3");
        assertThat(python.run(temp, "monitoring/dashboards.py", "--check").exit())
                .isZero();
        Path folder = temp.resolve("monitoring/dashboards");
        Files.writeString(folder.resolve("tlac-jvm.json"), "{}\n");
        Files.writeString(folder.resolve("unknown.json"), "{}\n");
        Files.delete(folder.resolve("tlac-slo.json"));
        Tool.Outcome outcome = python.run(temp, "monitoring/dashboards.py", "--check");
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.output())
                .contains("tlac-jvm.json", "tlac-slo.json", "unknown.json")
                .doesNotContain("tlac-overview.json");
        assertThat(folder.resolve("tlac-jvm.json")).hasContent("{}");
        assertThat(folder.resolve("tlac-slo.json")).doesNotExist();
    }

    @Test
    void anArgumentThatItDoesNotKnow_isRefusedWithItsUsage() {
        Tool.Outcome outcome = new Tool("python3").run(Checkout.ROOT, "monitoring/dashboards.py", "--chekc");
        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.output()).contains("usage:", "--check");
    }

    @Test
    void overview_hasTheFiveGroupsOfTheGuide() {
        JsonNode dashboard = dashboard("tlac-overview");
        assertThat(dashboard.path("title").asText()).isEqualTo("TLAC Overview");
        assertThat(elements(dashboard.path("panels"))
                        .filter(panel -> panel.path("type").asText().equals("row")))
                .extracting(row -> row.path("title").asText())
                .containsExactly("Overview", "Request metrics", "Authentication", "Rate limiting", "Performance");
    }

    @Test
    void dashboards_areNamedAsTheirFiles() {
        assertThat(Checkout.files(FOLDER))
                .hasSizeGreaterThanOrEqualTo(7)
                .allSatisfy(file -> assertThat(Checkout.yaml(file).path("uid").asText() + ".json")
                        .isEqualTo(file.getFileName().toString()));
    }

    /** The types that Grafana publishes, as a schema: acceptance/src/test/grafana/make-schema. */
    @Test
    void dashboards_areValidAgainstGrafanasSchema() throws IOException {
        JsonSchema schema = grafanasSchema();
        for (ObjectNode dashboard : dashboards()) {
            assertThat(schema.findings(dashboard))
                    .as(dashboard.path("uid").asText())
                    .isEmpty();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void schema_noticesWhatIsWrong(String place, Consumer<ObjectNode> mistake) throws IOException {
        ObjectNode dashboard = dashboard("tlac-database").deepCopy();
        mistake.accept(dashboard);
        assertThat(grafanasSchema().findings(dashboard)).anyMatch(finding -> finding.startsWith(place));
    }

    static Stream<Arguments> schema_noticesWhatIsWrong() {
        return Stream.of(
                mistake("/titel", "", board -> board.put("titel", "TLAC Database")),
                mistake("/graphTooltip", "", board -> board.put("graphTooltip", 7)),
                mistake(" has no schemaVersion", "", board -> board.remove("schemaVersion")),
                mistake("/templating/list/0/type", "/templating/list/0", variable -> variable.put("type", "source")),
                mistake("/panels/1/gridPos/h", "/panels/1/gridPos", place -> place.put("h", "8")),
                mistake("/panels/1/type", "/panels/1", panel -> panel.put("type", "graph")),
                mistake("/panels/1/targets/0 has no expr", "/panels/1/targets/0", target -> target.remove("expr")),
                mistake("/panels/1/options/sizing", "/panels/1/options", options -> options.put("sizing", "large")),
                mistake(
                        "/panels/2/fieldConfig/defaults/custom/lineColour",
                        "/panels/2/fieldConfig/defaults/custom",
                        custom -> custom.put("lineColour", "red")),
                mistake(
                        "/panels/2/options/legend/displayMode",
                        "/panels/2/options/legend",
                        legend -> legend.put("displayMode", "grid")));
    }

    private static JsonSchema grafanasSchema() throws IOException {
        try (InputStream file = DashboardTest.class.getResourceAsStream("grafana-dashboard.schema.json")) {
            return new JsonSchema(Checkout.YAML.readTree(file));
        }
    }

    @Test
    void linter_findsNothing() {
        assertThat(dashboards().stream().flatMap(dashboard -> DashboardLint.findings(dashboard).stream()))
                .isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void linter_noticesWhatIsWrong(String rule, Consumer<ObjectNode> mistake) {
        ObjectNode dashboard = dashboard("tlac-database").deepCopy();
        mistake.accept(dashboard);
        assertThat(DashboardLint.findings(dashboard)).anyMatch(finding -> finding.contains(": " + rule + ": "));
    }

    static Stream<Arguments> linter_noticesWhatIsWrong() {
        return Stream.of(
                mistake("uneditable-dashboard-rule", "", board -> board.put("editable", true)),
                mistake("ids", "/panels/2", panel -> panel.put("id", 1)),
                mistake("places", "/panels/2/gridPos", place -> place.put("x", 0)),
                mistake("template-datasource-rule", "/templating/list/0", variable -> variable.put("name", "source")),
                mistake("template-job-rule", "/templating/list/1", variable -> variable.put("multi", false)),
                mistake("template-instance-rule", "/templating/list/2", variable -> variable.put("allValue", ".*")),
                mistake(
                        "template-on-time-change-reload-rule",
                        "/templating/list/2",
                        variable -> variable.put("refresh", 1)),
                mistake("template-label-promql-rule", "/templating/list/1/query", query -> query.put("query", "up")),
                mistake("panel-title-description-rule", "/panels/1", panel -> panel.remove("description")),
                mistake("panel-datasource-rule", "/panels/1/datasource", source -> source.put("uid", "prometheus")),
                mistake("panel-units-rule", "/panels/1/fieldConfig/defaults", defaults -> defaults.remove("unit")),
                mistake("panel-no-targets-rule", "/panels/1", panel -> panel.putArray("targets")),
                expression("target-job-rule", "max(tlac_db_connections_active{instance=~\"$instance\"})"),
                expression("target-instance-rule", "max(tlac_db_connections_active{job=~\"$job\"})"),
                expression("target-rate-interval-rule", "sum(rate(tlac_errors_total[5m]))"),
                expression("target-counter-agg-rule", "sum(tlac_errors_total)"));
    }

    private static Arguments mistake(String rule, String place, Consumer<ObjectNode> change) {
        Consumer<ObjectNode> mistake = dashboard -> change.accept((ObjectNode) dashboard.at(place));
        return Arguments.of(rule, mistake);
    }

    private static Arguments expression(String rule, String expression) {
        return mistake(rule, "/panels/1/targets/0", target -> target.put("expr", expression));
    }

    @Test
    void everyExpression_findsDataInTheCatalogueSeries() {
        List<String> expressions = new ArrayList<>(expressions());
        assertThat(expressions).hasSizeGreaterThanOrEqualTo(80);
        Alerts.SHIPPED
                .recordings()
                .forEach(rule -> expressions.add(rule.path("expr").asText()));
        // An alert's whole expression finds nothing while all is well; what it is made of must be there.
        for (JsonNode alert : Alerts.SHIPPED.alerts()) {
            DashboardLint.selectors(alert.path("expr").asText()).forEach(selector -> expressions.add(selector.group()));
        }
        Tool.Outcome outcome = PromQl.findData(temp, expressions);
        assertThat(outcome.exit()).as(outcome.output()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            a job that does not exist   | sum(rate(tlac_http_requests_total{job="tlac-api"}[$__rate_interval]))
            a label it does not have    | sum(rate(tlac_python_runs_total{state="success"}[$__rate_interval]))
            two metrics of no one owner | tlac_db_connections_active / tlac_python_queue_depth
            nothing but NaN             | sum(rate(tlac_errors_total[5m])) * 0 / (sum(rate(tlac_errors_total[5m])) * 0)
            """)
    void expression_thatFindsNothing_isNoticed(String why, String expression) {
        Tool.Outcome outcome = PromQl.findData(temp, List.of(expression));
        assertThat(outcome.exit()).as(why + outcome.output()).isNotZero();
    }

    @Test
    void noMetric_isWithoutAPanel() {
        String asked = String.join("\n", expressions());
        // What the overview asks for by way of a recorded series.
        for (JsonNode rule : Alerts.SHIPPED.recordings()) {
            asked += asked.contains(rule.path("record").asText())
                    ? rule.path("expr").asText()
                    : "";
        }
        Set<String> missing = new TreeSet<>();
        for (Metric metric : Catalogue.all()) {
            if (!Pattern.compile("\\b" + metric.name() + "(_bucket|_count|_sum)?\\b")
                    .matcher(asked)
                    .find()) {
                missing.add(metric.name());
            }
        }
        assertThat(missing).isEmpty();
    }

    /** The links give a panel's number: that panel must be the alert's runbook. */
    @Test
    void runbookLinks_leadToThePanelOfTheirAlert() {
        Map<Integer, String> titles = DashboardLint.panels(dashboard("tlac-runbooks"))
                .collect(Collectors.toMap(
                        panel -> panel.path("id").asInt(),
                        panel -> panel.path("title").asText()));
        assertThat(titles.values()).containsExactlyInAnyOrderElementsOf(Alerts.SHIPPED.names());
        Set<String> linked = new TreeSet<>();
        for (Path file : Checkout.files(FOLDER)) {
            RUNBOOK.matcher(Checkout.text(file)).results().forEach(link -> {
                linked.add(link.group(1));
                assertThat(titles).containsEntry(Integer.parseInt(link.group(2)), link.group(1));
            });
        }
        assertThat(linked).hasSizeGreaterThan(20);
    }

    @Test
    void provisioning_givesTheDashboardsTheirSource() {
        Path provisioning = Checkout.ROOT.resolve("monitoring/grafana/provisioning");
        JsonNode sources = Checkout.yaml(provisioning.resolve("datasources/prometheus.yml"))
                .path("datasources");
        assertThat(sources.findValuesAsText("uid")).doesNotHaveDuplicates().contains("prometheus");
        assertThat(elements(sources).filter(source -> source.path("isDefault").asBoolean()))
                .singleElement()
                .satisfies(source -> {
                    assertThat(source.path("uid").asText()).isEqualTo("prometheus");
                    assertThat(source.at("/jsonData/timeInterval").asText())
                            .isEqualTo(Checkout.yaml(Checkout.ROOT.resolve("monitoring/prometheus.yml"))
                                    .at("/global/scrape_interval")
                                    .asText());
                });
        JsonNode providers =
                Checkout.yaml(provisioning.resolve("dashboards/tlac.yml")).path("providers");
        assertThat(providers)
                .singleElement()
                .satisfies(provider ->
                        assertThat(provider.at("/options/path").asText()).isEqualTo("/etc/grafana/dashboards"));
    }

    private static List<String> expressions() {
        return dashboards().stream()
                .flatMap(DashboardLint::panels)
                .flatMap(panel -> elements(panel.path("targets")))
                .map(target -> target.path("expr").asText())
                .toList();
    }

    private static List<ObjectNode> dashboards() {
        return Checkout.files(FOLDER).stream()
                .map(file -> (ObjectNode) Checkout.yaml(file))
                .toList();
    }

    private static ObjectNode dashboard(String uid) {
        return (ObjectNode) Checkout.yaml(FOLDER.resolve(uid + ".json"));
    }
}
