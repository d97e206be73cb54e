package org.tlac.launcher.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tlac.launcher.School;
import org.tlac.launcher.home.Settings;
import org.tlac.launcher.home.UserError;
import org.tlac.platform.metrics.ServiceName;

/** The shipped configuration of Prometheus and Grafana, read as one machine's. */
class OneMachineTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path SHIPPED = School.ROOT.resolve("monitoring");
    private static final OneMachine HERE = new OneMachine(SHIPPED, new Settings(100, ""));

    @TempDir
    private Path temp;

    private static JsonNode json(String text) throws IOException {
        return JSON.readTree(text);
    }

    private static Map<String, String> targets(JsonNode config) {
        Map<String, String> targets = new TreeMap<>();
        config.path("scrape_configs")
                .forEach(job -> targets.put(
                        job.path("job_name").asText(),
                        job.at("/static_configs/0/targets").toString()));
        return targets;
    }

    @Test
    void everyJob_keepsItsName_andIsScrapedHere() throws IOException {
        JsonNode config = json(HERE.prometheus(true));
        assertThat(targets(config))
                .containsEntry(ServiceName.GATEWAY.id(), "[\"127.0.0.1:9180\"]")
                .containsEntry(ServiceName.AUTH.id(), "[\"127.0.0.1:9181\"]")
                .containsEntry(ServiceName.ACTIVITY.id(), "[\"127.0.0.1:9182\"]")
                .containsEntry(ServiceName.RUNNER.id(), "[\"127.0.0.1:9183\"]")
                .containsEntry(ServiceName.BACKUP.id(), "[\"127.0.0.1:9184\"]")
                .containsEntry("prometheus", "[\"127.0.0.1:9190\"]")
                .containsEntry("alertmanager", "[\"127.0.0.1:9193\"]")
                .hasSize(7);
        assertThat(config.at("/alerting/alertmanagers/0/static_configs/0/targets/0")
                        .asText())
                .isEqualTo("127.0.0.1:9193");
        assertThat(config.toString()).doesNotContain("dns_sd_configs");
        assertThat(config.at("/global/scrape_interval").asText()).isEqualTo("15s");
        assertThat(config.path("rule_files"))
                .isNotEmpty()
                .allSatisfy(pattern -> assertThat(pattern.asText()).startsWith(SHIPPED + "/"));
    }

    @Test
    void withoutAlertmanager_nothingSpeaksOfIt() throws IOException {
        JsonNode config = json(HERE.prometheus(false));
        assertThat(config.has("alerting")).isFalse();
        assertThat(targets(config)).doesNotContainKey("alertmanager").hasSize(6);
    }

    @Test
    void grafana_findsPrometheusAndTheDashboards_here() throws IOException {
        assertThat(json(HERE.datasources()).findValuesAsText("url"))
                .containsExactly("http://127.0.0.1:9190", "http://127.0.0.1:9193");
        assertThat(json(HERE.dashboards()).at("/providers/0/options/path").asText())
                .isEqualTo(SHIPPED.resolve("dashboards").toString());
    }

    @Test
    void addressThatCannotBeRead_isSaid() throws IOException {
        Files.writeString(
                temp.resolve("prometheus.yml"),
                "scrape_configs: [{job_name: x, static_configs: [{targets: [nowhere]}]}]");
        OneMachine broken = new OneMachine(temp, new Settings(0, ""));
        assertThatThrownBy(() -> broken.prometheus(true))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("nowhere");
        assertThatThrownBy(broken::datasources).isInstanceOf(UserError.class).hasMessageStartingWith("Cannot read ");
    }
}
