package org.tlac.launcher.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.tlac.launcher.deployment.Manifests.elements;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Metric;
import org.tlac.platform.metrics.Owner;

/** monitoring/: what Prometheus is told to scrape and when it alerts. */
class MonitoringTest {

    private static final Path MONITORING = Checkout.ROOT.resolve("monitoring");
    private static final Path RULES = MONITORING.resolve("alerts/tlac.yml");
    private static final Tool PROMTOOL = new Tool("promtool");
    private static final Pattern METRIC_NAME = Pattern.compile("\\btlac_[a-z0-9_]+");

    @TempDir
    private Path temp;

    @Test
    void rules_areValid() {
        Tool.Outcome outcome =
                PROMTOOL.run(MONITORING, "check", "rules", "--lint=all", "--lint-fatal", "alerts/tlac.yml");
        assertThat(outcome.exit()).as(outcome.output()).isZero();
    }

    @Test
    void configuration_isValid_andFindsItsRuleFiles() {
        Tool.Outcome outcome = PROMTOOL.run(MONITORING, "check", "config", "prometheus.yml");
        assertThat(outcome.exit()).as(outcome.output()).isZero();
        assertThat(outcome.output()).contains("5 rules found");
    }

    @Test
    void ruleTests_pass() {
        Tool.Outcome outcome = testRules(MONITORING.resolve("tests"), "");
        assertThat(outcome.exit()).as(outcome.output()).isZero();
    }

    /** The monitoring guide's own expressions are wrong in known ways: tests that they pass would not be worth much. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            HighErrorRate       | rate(tlac_errors_total[5m]) > 0.1
            LowLoginSuccessRate | rate(tlac_auth_login_attempts_total{status="success"}[5m])/rate(tlac_auth_login_attempts_total[5m]) < 0.5
            HighRequestLatency  | histogram_quantile(0.95, rate(tlac_http_request_duration_seconds_bucket[5m])) > 2
            BackupTooOld        | time() - tlac_backup_last_success_timestamp > 86400
            HighDBConnections   | tlac_db_connections_active > 18
            HighErrorRate       | sum(rate(tlac_http_requests_total{status=~"5.."}[5m])) / sum(rate(tlac_http_requests_total[5m])) > 0.01
            HighRequestLatency  | sum(rate(tlac_http_request_duration_seconds_bucket{job="gateway",le="2.0"}[5m])) < 0.95
            BackupTooOld        | time() - min(tlac_backup_last_success_timestamp) > 86400
            HighDBConnections   | sum(tlac_db_connections_active) / sum(tlac_db_connections_max) > 0.9
            """)
    void ruleTests_refuseWrongExpression(String alert, String expression) throws IOException {
        Checkout.copy("monitoring", temp);
        ObjectNode rules = (ObjectNode) Checkout.yaml(RULES);
        alerts(rules)
                .filter(rule -> rule.path("alert").asText().equals(alert))
                .forEach(rule -> ((ObjectNode) rule).put("expr", expression));
        Files.writeString(temp.resolve("monitoring/alerts/tlac.yml"), Checkout.YAML.writeValueAsString(rules));

        Tool.Outcome outcome = testRules(temp.resolve("monitoring/tests"), alert);

        assertThat(outcome.exit()).as(outcome.output()).isNotZero();
        assertThat(outcome.output()).contains("alertname: " + alert);
    }

    @Test
    void everyAlert_isTestedToFire_toStaySilent_andWithoutData() {
        for (JsonNode alert : alerts(Checkout.yaml(RULES)).toList()) {
            String name = alert.path("alert").asText();
            assertThat(casesOf(name))
                    .as(name + " fires")
                    .anyMatch(test -> expects(test, name, alerts -> !alerts.isEmpty()));
            assertThat(casesOf(name)).as(name + " is silent").anyMatch(test -> expects(test, name, JsonNode::isEmpty));
            assertThat(casesOf(name))
                    .as(name + " without data")
                    .anyMatch(test -> test.path("input_series").isEmpty());
            assertThat(casesOf(name))
                    .as(name + " is one alert")
                    .noneMatch(test -> expects(test, name, alerts -> alerts.size() > 1));
        }
    }

    @Test
    void everyAlert_tellsHowBadItIs_andWhatToDo() {
        assertThat(alerts(Checkout.yaml(RULES)).map(alert -> alert.path("alert").asText()))
                .containsExactlyInAnyOrder(
                        "HighErrorRate",
                        "LowLoginSuccessRate",
                        "HighRequestLatency",
                        "BackupTooOld",
                        "HighDBConnections");
        assertThat(alerts(Checkout.yaml(RULES))).allSatisfy(alert -> {
            assertThat(alert.at("/labels/severity").asText()).isIn("warning", "critical");
            assertThat(alert.at("/annotations/summary").asText()).isNotBlank();
            assertThat(alert.at("/annotations/description").asText()).isNotBlank();
            assertThat(alert.at("/annotations/runbook_url").asText())
                    .isEqualTo(
                            "docs/monitoring.md#" + alert.path("alert").asText().toLowerCase(Locale.ROOT));
        });
    }

    @Test
    void everyAlert_hasItsRunbook() {
        Path guide = Checkout.ROOT.resolve("docs/monitoring.md");
        assumeTrue(Files.exists(guide), "docs/monitoring.md is not written yet");
        Set<String> headings = Checkout.text(guide)
                .lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", ""))
                .collect(Collectors.toSet());
        assertThat(alerts(Checkout.yaml(RULES)).map(alert -> alert.path("alert").asText()))
                .isSubsetOf(headings);
    }

    @Test
    void everyService_isScrapedOnItsManagementPort_underItsOwnName() {
        JsonNode jobs = Checkout.yaml(MONITORING.resolve("prometheus.yml")).path("scrape_configs");
        assertThat(jobs.findValuesAsText("job_name"))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(Owner.values()).map(Owner::id).toList());
        for (JsonNode job : jobs) {
            String service = job.path("job_name").asText();
            assertThat(job.at("/dns_sd_configs/0/names/0").asText()).isEqualTo(service);
            assertThat(job.at("/dns_sd_configs/0/port").asInt())
                    .isEqualTo(Checkout.applicationYaml(service)
                            .at("/management/port")
                            .asInt());
        }
    }

    @Test
    void metricNames_areThoseOfTheCatalogue() {
        Set<String> known = new TreeSet<>();
        for (Metric metric : Catalogue.all()) {
            List<String> suffixes =
                    metric.kind() == Metric.Kind.HISTOGRAM ? List.of("_bucket", "_count", "_sum") : List.of("");
            suffixes.forEach(suffix -> known.add(metric.name() + suffix));
        }
        Set<String> used = new TreeSet<>();
        for (Path file : Checkout.files(MONITORING)) {
            METRIC_NAME.matcher(Checkout.text(file)).results().forEach(match -> used.add(match.group()));
        }
        assertThat(used).hasSizeGreaterThan(10).isSubsetOf(known);
    }

    /** Runs the test files that speak of an alert; all of them for the empty name. */
    private static Tool.Outcome testRules(Path folder, String alert) {
        String[] arguments = Stream.concat(
                        Stream.of("test", "rules"),
                        Checkout.files(folder).stream()
                                .filter(file -> Checkout.text(file).contains(alert))
                                .map(file -> file.getFileName().toString()))
                .toArray(String[]::new);
        return PROMTOOL.run(folder, arguments);
    }

    private static Stream<JsonNode> alerts(JsonNode rules) {
        return elements(rules.path("groups")).flatMap(group -> elements(group.path("rules")));
    }

    private static List<JsonNode> casesOf(String alert) {
        return Checkout.files(MONITORING.resolve("tests")).stream()
                .flatMap(file -> elements(Checkout.yaml(file).path("tests")))
                .filter(test -> test.findValuesAsText("alertname").contains(alert))
                .toList();
    }

    private static boolean expects(JsonNode test, String alert, Predicate<JsonNode> expected) {
        return elements(test.path("alert_rule_test"))
                .filter(expectation -> expectation.path("alertname").asText().equals(alert))
                .anyMatch(expectation -> expected.test(expectation.path("exp_alerts")));
    }
}
