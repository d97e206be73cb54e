package org.tlac.launcher.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tlac.launcher.deployment.Manifests.elements;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** monitoring/dashboards: what Grafana shows, and that each of its questions has an answer. */
class DashboardTest {

    private static final Path MONITORING = Checkout.ROOT.resolve("monitoring");
    private static final Tool PROMTOOL = new Tool("promtool");

    @TempDir
    private Path temp;

    @Test
    void dashboard_hasTheFiveGroupsOfTheGuide() {
        JsonNode dashboard = dashboards().getFirst();
        assertThat(dashboard.path("uid").asText()).isEqualTo("tlac-overview");
        assertThat(dashboard.path("title").asText()).isEqualTo("TLAC Overview");
        assertThat(elements(dashboard.path("panels"))
                        .filter(panel -> panel.path("type").asText().equals("row")))
                .extracting(row -> row.path("title").asText())
                .containsExactly("Overview", "Request metrics", "Authentication", "Rate limiting", "Performance");
    }

    @Test
    void everyPanel_isDescribed_hasUnitAndChosenDatasource_andAPlaceOfItsOwn() {
        for (JsonNode dashboard : dashboards()) {
            assertThat(elements(dashboard.path("panels"))
                            .map(panel -> panel.path("id").asInt()))
                    .doesNotHaveDuplicates();
            for (JsonNode panel : panels(dashboard)) {
                assertThat(panel.path("title").asText()).isNotBlank();
                assertThat(panel.path("description").asText())
                        .as(panel.path("title").asText())
                        .endsWith(".");
                assertThat(panel.at("/fieldConfig/defaults/unit").asText()).isNotBlank();
                assertThat(panel.at("/datasource/uid").asText()).isEqualTo("${datasource}");
                assertThat(panel.path("targets"))
                        .isNotEmpty()
                        .allSatisfy(target -> assertThat(
                                        target.at("/datasource/uid").asText())
                                .isEqualTo("${datasource}"));
                assertThat(elements(dashboard.path("panels")).filter(other -> overlap(panel, other)))
                        .containsExactly(panel);
            }
        }
    }

    @Test
    void everyExpression_ofPanelsAndAlerts_findsDataInTheCatalogueSeries() throws IOException {
        List<String> expressions = new ArrayList<>();
        dashboards()
                .forEach(dashboard ->
                        panels(dashboard).forEach(panel -> expressions.addAll(panel.findValuesAsText("expr"))));
        assertThat(expressions).hasSizeGreaterThanOrEqualTo(15);
        // A comparison with a threshold drops what is well: without it there must be data.
        Checkout.yaml(MONITORING.resolve("alerts/tlac.yml"))
                .findValuesAsText("expr")
                .forEach(expression -> expressions.add(expression.replaceAll("[<>] [0-9.]+", "")));

        Tool.Outcome outcome = findsData(expressions);

        assertThat(outcome.exit()).as(outcome.output()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            a job that does not exist   | sum(rate(tlac_http_requests_total{job="tlac-api"}[$__rate_interval]))
            a label it does not have    | sum(rate(tlac_python_runs_total{state="success"}[$__rate_interval]))
            two metrics of no one owner | tlac_db_connections_active / tlac_python_queue_depth
            nothing but NaN             | sum(rate(tlac_errors_total[5m])) * 0 / (sum(rate(tlac_errors_total[5m])) * 0)
            """)
    void expression_thatFindsNothing_isNoticed(String why, String expression) throws IOException {
        Tool.Outcome outcome = findsData(List.of(expression));
        assertThat(outcome.exit()).as(why + outcome.output()).isNotZero();
    }

    /** An alert for each expression that fires when it has data, and a test that expects them all. */
    private Tool.Outcome findsData(List<String> expressions) throws IOException {
        ObjectNode rules = Checkout.YAML.createObjectNode();
        ObjectNode group = rules.putArray("groups").addObject().put("name", "panels");
        ObjectNode tests = Checkout.YAML.createObjectNode().put("evaluation_interval", "1m");
        tests.putArray("rule_files").add("rules.yml");
        ObjectNode test = tests.putArray("tests").addObject().put("interval", "1m");
        test.set("input_series", SampleSeries.ofEveryMetric());
        for (String expression : expressions) {
            String name = "Expression" + group.withArray("rules").size();
            String ready = expression.replace("$__rate_interval", "5m");
            group.withArray("rules")
                    .addObject()
                    .put("alert", name)
                    .put("expr", "count((" + ready + ") == (" + ready + ")) > 0");
            ObjectNode expectation = test.withArray("alert_rule_test")
                    .addObject()
                    .put("eval_time", "15m")
                    .put("alertname", name);
            expectation.putArray("exp_alerts").addObject().putObject("exp_labels");
        }
        Files.writeString(temp.resolve("rules.yml"), Checkout.YAML.writeValueAsString(rules));
        Files.writeString(temp.resolve("tests.yml"), Checkout.YAML.writeValueAsString(tests));
        return PROMTOOL.run(temp, "test", "rules", "tests.yml");
    }

    private static List<JsonNode> dashboards() {
        return Checkout.files(MONITORING.resolve("dashboards")).stream()
                .map(Checkout::yaml)
                .toList();
    }

    private static List<JsonNode> panels(JsonNode dashboard) {
        return elements(dashboard.path("panels"))
                .filter(panel -> !panel.path("type").asText().equals("row"))
                .toList();
    }

    private static boolean overlap(JsonNode panel, JsonNode other) {
        Map<String, Integer> a = place(panel);
        Map<String, Integer> b = place(other);
        return a.get("x") < b.get("x") + b.get("w")
                && b.get("x") < a.get("x") + a.get("w")
                && a.get("y") < b.get("y") + b.get("h")
                && b.get("y") < a.get("y") + a.get("h");
    }

    private static Map<String, Integer> place(JsonNode panel) {
        return Stream.of("x", "y", "w", "h")
                .collect(Collectors.toMap(
                        side -> side, side -> panel.at("/gridPos/" + side).asInt()));
    }
}
