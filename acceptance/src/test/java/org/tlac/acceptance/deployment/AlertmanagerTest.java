package org.tlac.acceptance.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tlac.acceptance.deployment.Manifests.elements;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** monitoring/alertmanager: who is told what, and what is not told because something else explains it. */
class AlertmanagerTest {

    private static final Path FOLDER = Checkout.ROOT.resolve("monitoring/alertmanager");
    private static final Tool AMTOOL = new Tool("amtool");

    @TempDir
    private Path temp;

    @Test
    void configuration_isValid() {
        Tool.Outcome outcome = AMTOOL.run(FOLDER, "check-config", "alertmanager.yml");
        assertThat(outcome.exit()).as(outcome.output()).isZero();
        assertThat(outcome.output()).contains("1 templates");
    }

    /** The file says: put one of these in the place of `receivers`. */
    @ParameterizedTest
    @ValueSource(strings = {"email", "slack", "pagerduty"})
    void example_fitsInThePlaceOfTheReceivers(String example) throws IOException {
        Checkout.copy("monitoring/alertmanager", temp);
        Path folder = temp.resolve("monitoring/alertmanager");
        String receivers = Checkout.text(folder.resolve("examples/" + example + ".yml"));
        assertThat(Checkout.yaml(folder.resolve("examples/" + example + ".yml"))
                        .path("receivers")
                        .findValuesAsText("name"))
                .containsExactly("page", "chat", "digest", "watchdog");
        // As text: what the YAML parser here makes of the examples' anchors is not what Alertmanager makes of them.
        String configuration = Checkout.text(folder.resolve("alertmanager.yml"));
        Files.writeString(
                folder.resolve("alertmanager.yml"),
                configuration.substring(0, configuration.indexOf("\nreceivers:\n") + 1) + receivers);

        Tool.Outcome outcome = AMTOOL.run(folder, "check-config", "alertmanager.yml");

        assertThat(outcome.exit()).as(outcome.output()).isZero();
    }

    @Test
    void examples_haveTheirSecretsInFiles() {
        for (Path file : Checkout.files(FOLDER)) {
            assertThat(Checkout.text(file))
                    .as(file.toString())
                    .doesNotContainPattern(
                            "(?m)^\\s*-?\\s*(auth_password|auth_secret|api_url|routing_key|service_key|password):");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "alertname=Watchdog severity=none, watchdog",
        "alertname=ServiceDown severity=critical job=gateway, page",
        "alertname=ErrorBudgetBurnsFast severity=critical slo=latency, page",
        "alertname=HighErrorRate severity=warning, chat",
        "alertname=RunnerTimeoutsHigh severity=info, digest",
        "alertname=SomebodysOwn severity=page, chat",
        "alertname=SomebodysOwn, chat",
    })
    void alert_goesTo(String labels, String receiver) {
        List<String> arguments = new ArrayList<>(List.of(
                "config", "routes", "test", "--config.file=alertmanager.yml", "--verify.receivers=" + receiver));
        arguments.addAll(List.of(labels.split(" ", -1)));
        Tool.Outcome outcome = AMTOOL.run(FOLDER, arguments.toArray(String[]::new));
        assertThat(outcome.exit()).as(outcome.output()).isZero();
    }

    /** Every shipped alert by its own severity: none falls through to where nobody expects it. */
    @Test
    void everyShippedAlert_goesWhereItsSeveritySays() {
        Map<String, String> receivers =
                Map.of("critical", "page", "warning", "chat", "info", "digest", "none", "watchdog");
        for (JsonNode alert : Alerts.SHIPPED.alerts()) {
            String severity = alert.at("/labels/severity").asText();
            alert_goesTo(
                    "alertname=" + alert.path("alert").asText() + " severity=" + severity, receivers.get(severity));
        }
    }

    /** A rule about an alert that was renamed would silence nothing, and nobody would notice. */
    @Test
    void inhibitions_speakOfAlertsThatExist_andNeverOfTheWatchdog() {
        Set<String> shipped = new TreeSet<>(Alerts.SHIPPED.names());
        List<JsonNode> rules = elements(
                        Checkout.yaml(FOLDER.resolve("alertmanager.yml")).path("inhibit_rules"))
                .toList();
        assertThat(rules).hasSizeGreaterThan(10);
        for (JsonNode rule : rules) {
            for (String side : List.of("source_matchers", "target_matchers")) {
                for (JsonNode matcher : rule.path(side)) {
                    var name = Pattern.compile("alertname=(~?)\"(.+)\"").matcher(matcher.asText());
                    if (name.matches()) {
                        // Each alternative of a pattern must match something.
                        for (String part : name.group(2).split("\\|", -1)) {
                            assertThat(shipped).as(matcher.asText()).anyMatch(alert -> Pattern.matches(part, alert));
                        }
                        assertThat(Pattern.matches(name.group(2), "Watchdog")).isFalse();
                    }
                }
            }
        }
    }

    /** What a real Alertmanager says of alerts that fire together: `+` is told, `-` is silenced by another. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            the database is away | +DatabaseUnreachable -HighErrorRate -ErrorBudgetBurnsFast:slo=availability -DatabaseErrors -BackupFailed +RunnerWaitIsLong
            a service is away    | +ServiceDown:job=auth-service -HighErrorRate -LowLoginSuccessRate -MetricsMissing:job=auth-service +BackupTooOld
            another is away      | +ServiceDown:job=runner-service -RunnerWaitIsLong -RunnerRefusesRuns +ReplicaDown:job=gateway +HighDBConnections
            backups are away     | +ServiceDown:job=backup-service -BackupTooOld +HighErrorRate
            a promise is broken  | +ErrorBudgetBurnsFast:slo=availability -ErrorBudgetBurnsSlowly:slo=availability +ErrorBudgetBurnsSlowly:slo=latency -HighErrorRate +HighRequestLatency
            slow, not failing    | +ErrorBudgetBurnsFast:slo=latency -HighRequestLatency +HighErrorRate
            no sandbox           | +RunnerWithoutIsolation -RunnerSlotsBroken -RunnerRefusesRuns -RunnerHasNoIdleSlot
            the weaker sandbox   | +RunnerIsolationBelowFull +RunnerRefusesRuns +RunnerSlotsBroken
            too few slots        | +RunnerRefusesRuns -RunnerWaitIsLong -RunnerHasNoIdleSlot +RunnerTimeoutsHigh
            a bad backup         | +BackupNotProven -BackupFailed +BackupTooOld
            a full pool          | +DatabaseConnectionsPending -HighDBConnections +PasswordGuessing
            a full disk          | +SavesRefusedDiskFull -DiskAlmostFull -HighErrorRate -DatabaseErrors +BackupFailed
            nobody gets in       | +GatewayUnreachable +FileDescriptorsExhausting:job=gateway -FileDescriptorsNearlyGone:job=gateway -ConnectionsNearLimit
            no answer within     | +ServiceUnreachable:job=auth-service -HighErrorRate +FileDescriptorsNearlyGone:job=gateway
            everything at once   | +Watchdog +DatabaseUnreachable +ServiceDown:job=gateway -HighErrorRate
            """)
    void oneIncident_isOneMessage(String why, String expected) throws IOException {
        Map<String, String> severities = new TreeMap<>();
        Alerts.SHIPPED
                .alerts()
                .forEach(alert -> severities.put(
                        alert.path("alert").asText(),
                        alert.at("/labels/severity").asText()));
        List<Map<String, String>> fired = new ArrayList<>();
        Map<String, Boolean> told = new TreeMap<>();
        for (String one : expected.split(" ", -1)) {
            String[] parts = one.substring(1).split("[:=]", -1);
            assertThat(severities).containsKey(parts[0]);
            Map<String, String> labels =
                    new TreeMap<>(Map.of("alertname", parts[0], "severity", severities.get(parts[0])));
            if (parts.length == 3) {
                labels.put(parts[1], parts[2]);
            }
            fired.add(labels);
            told.put(parts[0] + (parts.length == 3 ? " " + parts[2] : ""), one.startsWith("+"));
        }
        try (AlertmanagerProcess alertmanager = AlertmanagerProcess.start(FOLDER.resolve("alertmanager.yml"), temp)) {
            alertmanager.fire(fired);
            assertThat(alertmanager.told()).as(why).isEqualTo(told);
        }
    }
}
