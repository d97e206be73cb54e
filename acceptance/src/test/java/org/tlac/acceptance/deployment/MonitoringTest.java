package org.tlac.acceptance.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tlac.acceptance.deployment.Manifests.elements;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Metric;
import org.tlac.platform.metrics.ServiceName;

/** monitoring/: what Prometheus is told to scrape, what it records and when it alerts. */
@Execution(ExecutionMode.CONCURRENT)
class MonitoringTest {

    private static final Path MONITORING = Checkout.ROOT.resolve("monitoring");
    private static final Alerts SHIPPED = Alerts.SHIPPED;
    private static final Tool PROMTOOL = new Tool("promtool");
    private static final Pattern METRIC_NAME = Pattern.compile("(?<![:\\w])tlac_[a-z0-9_]+(?![:\\w])");
    private static final Pattern RECORDED_NAME = Pattern.compile("(?:job|slo)[a-z_]*:tlac_[a-z0-9_]+:[a-z0-9_]+");

    /** It always fires: there is no case in which it is silent. */
    private static final Set<String> NEVER_SILENT = Set.of("Watchdog");

    @TempDir
    private Path temp;

    @Test
    void rules_areValid() {
        List<String> arguments = new ArrayList<>(List.of("check", "rules", "--lint=all", "--lint-fatal"));
        SHIPPED.ruleFiles()
                .forEach(file -> arguments.add(MONITORING.relativize(file).toString()));
        Tool.Outcome outcome = PROMTOOL.run(MONITORING, arguments.toArray(String[]::new));
        assertThat(outcome.exit()).as(outcome.output()).isZero();
    }

    @Test
    void configuration_isValid_andFindsItsRuleFiles() {
        Tool.Outcome outcome = PROMTOOL.run(MONITORING, "check", "config", "prometheus.yml");
        assertThat(outcome.exit()).as(outcome.output()).isZero();
        int found = Pattern.compile("(\\d+) rules found")
                .matcher(outcome.output())
                .results()
                .mapToInt(match -> Integer.parseInt(match.group(1)))
                .sum();
        assertThat(found)
                .isEqualTo(SHIPPED.alerts().size() + SHIPPED.recordings().size())
                .isGreaterThan(40);
    }

    @Test
    void ruleTests_pass() {
        Tool.Outcome outcome = SHIPPED.test(text -> true);
        assertThat(outcome.exit()).as(outcome.output()).isZero();
    }

    /** Expressions that are wrong in known ways, the monitoring guide's own among them: tests that they pass would not be worth much. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            HighErrorRate         | rate(tlac_errors_total[5m]) > 0.1
            LowLoginSuccessRate   | rate(tlac_auth_login_attempts_total{status="success"}[5m])/rate(tlac_auth_login_attempts_total[5m]) < 0.5
            HighRequestLatency    | histogram_quantile(0.95, rate(tlac_http_request_duration_seconds_bucket[5m])) > 2
            BackupTooOld          | time() - tlac_backup_last_success_timestamp > 86400
            HighDBConnections     | tlac_db_connections_active > 18
            HighErrorRate         | sum(rate(tlac_http_requests_total{status=~"5.."}[5m])) / sum(rate(tlac_http_requests_total[5m])) > 0.01
            HighErrorRate         | sum(increase(tlac_http_requests_total{job="gateway", status=~"5.."}[5m])) > 3
            HighRequestLatency    | sum(rate(tlac_http_request_duration_seconds_bucket{job="gateway",le="2.0"}[5m])) < 0.95
            HighRequestLatency    | histogram_quantile(0.95, sum by (le) (rate(tlac_http_request_duration_seconds_bucket{job="gateway"}[5m]))) > 2
            BackupTooOld          | time() - min(tlac_backup_last_success_timestamp) > 86400
            HighDBConnections     | sum(tlac_db_connections_active) / sum(tlac_db_connections_max) > 0.9
            ErrorBudgetBurnsFast  | slo:tlac_bad_requests:ratio5m > 14.4 * slo:tlac_error_budget:ratio
            ErrorBudgetBurnsFast  | slo:tlac_bad_requests:ratio1h > 14.4 * slo:tlac_error_budget:ratio
            ErrorBudgetBurnsSlowly| slo:tlac_bad_requests:ratio1d > 10 * slo:tlac_error_budget:ratio
            RunnerWithoutIsolation | tlac_python_isolation{level="none"} == 1
            RunnerWithoutIsolation | count(tlac_python_isolation{level="full"} == 0) > 0
            RunnerIsolationBelowFull | tlac_python_isolation{level="process"} == 1
            RunnerIsolationBelowFull | count(tlac_python_isolation{level="full"} == 0) > 0
            RunnerSlotsBroken     | tlac_python_slots{state="broken"} > 0
            RunnerSlotsBroken     | sum(tlac_python_slots{state="broken"}) > 0
            RunnerRefusesRuns     | sum(increase(tlac_http_requests_total{job="runner-service", status="503"}[5m])) > 3
            RunnerWaitIsLong      | histogram_quantile(0.95, rate(tlac_python_run_wait_seconds_bucket[5m])) > 5
            RunnerHasNoIdleSlot   | tlac_python_slots{state="idle"} == 0
            RunnerHasNoIdleSlot   | sum(tlac_python_slots{state="idle"}) == 0
            RunnerTimeoutsHigh    | rate(tlac_python_runs_total{status="timeout"}[15m]) / rate(tlac_python_runs_total[15m]) > 0.5
            RunnerTimeoutsHigh    | sum(rate(tlac_python_runs_total{status="timeout"}[15m])) / sum(rate(tlac_python_runs_total[15m])) > 0.5
            BackupFailed          | tlac_backup_runs_total{status="failed"} > 0
            BackupFailed          | sum(tlac_backup_runs_total{status="failed"}) > 0
            BackupNotProven       | sum(increase(tlac_backup_runs_total{status="failed"}[1h])) > 0
            DatabaseUnreachable   | increase(tlac_db_errors_total{error_type="connection"}[2m]) > 0
            DatabaseUnreachable   | sum(tlac_db_errors_total{error_type="connection"}) > 0
            DatabaseErrors        | sum(rate(tlac_db_errors_total[5m])) > 0.05
            DatabaseErrors        | `rate(tlac_db_errors_total{error_type!~"connection|constraint|serialization"}[5m]) > 0.05`
            DatabaseConnectionsPending | tlac_db_connections_pending > 0
            ServiceDown           | up == 0
            ServiceDown           | sum by (job) (up) == 0
            ReplicaDown           | up == 0
            ReplicaDown           | count by (job) (up == 0)
            MetricsMissing        | absent(tlac_build_info)
            MetricsMissing        | count by (job) (up == 1) unless count by (job) (tlac_build_info)
            ServiceRestarts       | changes(process_start_time_seconds[30m]) > 2
            HeapNearlyFull        | jvm_memory_used_bytes{area="heap"} / jvm_memory_max_bytes{area="heap"} > 0.95
            FileDescriptorsNearlyGone | process_files_open_files / process_files_max_files > 0.9
            GatewayUnreachable    | up{job="gateway"} == 0
            GatewayUnreachable    | count(tlac_listener_up == 0) > 0
            GatewayUnreachable    | max(tlac_listener_up{job="gateway"}) == 0
            ServiceUnreachable    | count by (job) (tlac_listener_up == 0) > 0
            FileDescriptorsExhausting | process_files_open_files / process_files_max_files > 0.8
            FileDescriptorsExhausting | max by (job) (process_files_open_files / process_files_max_files) > 0.7
            ConnectionsNearLimit  | tlac_connections_open / tlac_connections_max > 0.8
            ConnectionsNearLimit  | sum(tlac_connections_open) / sum(tlac_connections_max) > 0.8
            DiskAlmostFull        | count(tlac_disk_free_bytes < 4 * tlac_disk_reserve_bytes) > 0
            DiskAlmostFull        | count(tlac_disk_free_bytes / tlac_disk_size_bytes < 0.3) > 0
            SavesRefusedDiskFull  | tlac_disk_free_bytes < tlac_disk_reserve_bytes
            SavesRefusedDiskFull  | count(tlac_disk_free_bytes < 4 * tlac_disk_reserve_bytes) > 0
            RateLimitingHigh      | increase(tlac_rate_limit_exceeded_total[5m]) > 60
            RateLimitingHigh      | sum(tlac_rate_limit_exceeded_total) > 60
            PasswordGuessing      | sum(tlac_rate_limit_exceeded_total{limit_type="login"}) > 20
            Watchdog              | vector(1) == 2
            PrometheusConfigurationBroken | max(prometheus_config_last_reload_successful) == 0
            PrometheusRulesFail   | increase(prometheus_rule_evaluation_failures_total[5m]) > 0
            AlertmanagerMissing   | absent(prometheus_notifications_alertmanagers_discovered)
            AlertsNotDelivered    | increase(prometheus_notifications_errors_total[5m]) > 0
            NotificationsFail     | increase(alertmanager_notifications_failed_total[5m]) > 0
            """)
    void ruleTests_refuseWrongExpression(String alert, String expression) {
        Checkout.copy("monitoring", temp);
        Alerts broken = new Alerts(temp.resolve("monitoring"));
        broken.replace("alert", alert, expression);

        Tool.Outcome outcome = broken.test(text -> text.contains("alertname: " + alert + "\n"));

        assertThat(outcome.exit()).as(outcome.output()).isNotZero();
        assertThat(outcome.output()).contains("alertname: " + alert);
    }

    /** Among them are recordings that lose the first event of a series, and that take a service's history for an incident. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            job_error_type:tlac_errors:increase5m | sum by (job, error_type) (increase(tlac_errors_total[5m]))
            job_error_type:tlac_errors:increase5m | sum by (job, error_type) (increase(tlac_errors_total[5m]) or min_over_time(tlac_errors_total[5m]))
            job_error_type:tlac_errors:increase5m | sum by (job, error_type) (increase(tlac_errors_total[5m]) or label_replace(min_over_time(tlac_errors_total[5m]) unless tlac_errors_total offset 5m, "born", "late", "", ""))
            job_endpoint_status:tlac_http_requests:increase5m | sum by (job, endpoint, status) (increase(tlac_http_requests_total[5m]))
            job:tlac_http_requests_failed:increase5m | sum by (job) (job_endpoint_status:tlac_http_requests:increase5m{status=~"5.."})
            job:tlac_python_runs_refused:increase5m | sum by (job) (job_endpoint_status:tlac_http_requests:increase5m{job="runner-service"})
            job:tlac_python_runs_refused:increase5m | sum by (job) (job_endpoint_status:tlac_http_requests:increase5m{job="runner-service", endpoint="/api/python/run", status="503"})
            slo:tlac_requests:increase5m | sum(increase(tlac_http_request_duration_seconds_count{job="gateway", endpoint!="/api/python/run"}[5m]))
            slo:tlac_bad_requests:increase5m | sum(job:tlac_http_requests_failed:increase5m)
            slo:tlac_requests:increase5m | sum(job:tlac_http_requests:increase5m)
            slo:tlac_bad_requests:ratio1h | avg_over_time(slo:tlac_bad_requests:ratio5m[1h])
            slo:tlac_bad_requests:ratio3d | avg_over_time(slo:tlac_bad_requests:ratio5m[3d])
            slo:tlac_error_budget_left:ratio30d | slo:tlac_bad_requests:ratio30d / slo:tlac_error_budget:ratio
            """)
    void ruleTests_refuseWrongRecording(String recording, String expression) {
        Checkout.copy("monitoring", temp);
        Alerts broken = new Alerts(temp.resolve("monitoring"));
        broken.replace("record", recording, expression);

        Tool.Outcome outcome = broken.test(text -> text.startsWith("# What the recorded series make"));

        assertThat(outcome.exit()).as(outcome.output()).isNotZero();
    }

    @Test
    void everyAlert_isTestedToFire_toStaySilent_andWithoutData() {
        for (String name : SHIPPED.names()) {
            List<JsonNode> cases = SHIPPED.casesOf(name);
            assertThat(cases).as(name + " fires").anyMatch(test -> fires(test, name));
            if (!NEVER_SILENT.contains(name)) {
                assertThat(cases)
                        .as(name + " is silent though there is data")
                        .anyMatch(test -> !test.path("input_series").isEmpty() && !fires(test, name));
            }
            assertThat(cases)
                    .as(name + " without data")
                    .anyMatch(test -> test.path("input_series").isEmpty());
        }
    }

    /** A service and a promise are incidents of their own; replicas, endpoints and pools are not. */
    @Test
    void everyAlert_isOneAnIncident() {
        for (String name : SHIPPED.names()) {
            for (JsonNode test : SHIPPED.casesOf(name)) {
                Alerts.expectations(test, name)
                        .flatMap(alerts -> elements(alerts))
                        .forEach(alert -> assertThat(alert.path("exp_labels").fieldNames())
                                .toIterable()
                                .as(name)
                                .isSubsetOf("severity", "job", "slo"));
            }
        }
    }

    @Test
    void guidesAlerts_areAllThere() {
        assertThat(SHIPPED.names())
                .doesNotHaveDuplicates()
                .contains(
                        "HighErrorRate",
                        "LowLoginSuccessRate",
                        "HighRequestLatency",
                        "BackupTooOld",
                        "HighDBConnections",
                        "Watchdog");
    }

    @Test
    void everyAlert_tellsHowBadItIs_whatToDo_andWhereToLook() {
        Set<String> runbooks = Checkout.text(Checkout.ROOT.resolve("docs/runbooks.md"))
                .lines()
                .filter(line -> line.startsWith("### "))
                .map(line -> line.substring(4))
                .collect(Collectors.toCollection(TreeSet::new));
        for (JsonNode alert : SHIPPED.alerts()) {
            String name = alert.path("alert").asText();
            assertThat(alert.at("/labels/severity").asText()).as(name).isIn("critical", "warning", "info", "none");
            assertThat(alert.at("/annotations/summary").asText()).as(name).isNotBlank();
            assertThat(alert.at("/annotations/description").asText())
                    .as(name)
                    .matches("(?s).*([.]|[{][{]-? end [}][}])");
            assertThat(alert.at("/annotations/runbook_url").asText())
                    .isEqualTo("docs/runbooks.md#" + name.toLowerCase(Locale.ROOT));
            assertThat(runbooks).contains(name);
            String dashboard = alert.at("/annotations/dashboard").asText();
            assertThat(dashboard).as(name).startsWith("/d/tlac-");
            assertThat(MONITORING.resolve("dashboards/" + dashboard.substring(3) + ".json"))
                    .exists();
        }
        assertThat(runbooks).as("runbooks of no alert").isSubsetOf(SHIPPED.names());
    }

    @Test
    void everyService_isScrapedOnItsManagementPort_underItsOwnName() {
        JsonNode jobs = Checkout.yaml(MONITORING.resolve("prometheus.yml")).path("scrape_configs");
        List<String> services =
                Stream.of(ServiceName.values()).map(ServiceName::id).toList();
        assertThat(jobs.findValuesAsText("job_name"))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(services.stream(), Stream.of("prometheus", "alertmanager"))
                                .toList());
        for (JsonNode job : jobs) {
            String service = job.path("job_name").asText();
            if (services.contains(service)) {
                assertThat(job.at("/dns_sd_configs/0/names/0").asText()).isEqualTo(service);
                assertThat(job.at("/dns_sd_configs/0/port").asInt())
                        .isEqualTo(Checkout.applicationYaml(service)
                                .at("/management/port")
                                .asInt());
            }
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
        assertThat(names(METRIC_NAME, MONITORING)).hasSizeGreaterThan(25).isSubsetOf(known);
    }

    @Test
    void recordedNames_areRecorded_andEachIsUsed() {
        Set<String> recorded = SHIPPED.recordings().stream()
                .map(rule -> rule.path("record").asText())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(names(RECORDED_NAME, MONITORING)).isEqualTo(recorded);
        Set<String> used = new TreeSet<>(names(RECORDED_NAME, MONITORING.resolve("alerts")));
        used.addAll(names(RECORDED_NAME, MONITORING.resolve("dashboards")));
        SHIPPED.recordings()
                .forEach(rule -> RECORDED_NAME
                        .matcher(rule.path("expr").asText())
                        .results()
                        .map(MatchResult::group)
                        .forEach(used::add));
        assertThat(used).isEqualTo(recorded);
    }

    private static Set<String> names(Pattern pattern, Path folder) {
        return Checkout.files(folder).stream()
                .filter(file -> file.toString().matches(".*[.](yml|yaml|json)"))
                .flatMap(file -> pattern.matcher(Checkout.text(file)).results())
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean fires(JsonNode test, String alert) {
        return Alerts.expectations(test, alert).anyMatch(alerts -> !alerts.isEmpty());
    }
}
