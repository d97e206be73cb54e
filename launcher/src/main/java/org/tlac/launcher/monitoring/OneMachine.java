package org.tlac.launcher.monitoring;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tlac.launcher.home.Settings;
import org.tlac.launcher.home.UserError;

/**
 * The shipped configuration of Prometheus and Grafana, which speaks of containers by their names, as it is on one machine: every name is
 * this machine, every port has the offset. What is scraped, relabelled, recorded and alerted on stays the one that ships.
 */
final class OneMachine {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern ADDRESS = Pattern.compile("((?:[a-z]+://)?)[A-Za-z0-9.-]+:([0-9]{2,5})");

    private final Path shipped;
    private final Settings settings;

    /** @param shipped the folder {@code monitoring/} */
    OneMachine(Path shipped, Settings settings) {
        this.shipped = shipped;
        this.settings = settings;
    }

    /**
     * Prometheus's configuration, as JSON, which is YAML too.
     *
     * @param alertmanager whether there is one; otherwise nothing speaks of it
     */
    String prometheus(boolean alertmanager) {
        ObjectNode config = read("prometheus.yml");
        ArrayNode ruleFiles = JSON.createArrayNode();
        config.path("rule_files")
                .forEach(pattern ->
                        ruleFiles.add(shipped.resolve(pattern.asText()).toString()));
        config.set("rule_files", ruleFiles);
        if (!alertmanager) {
            config.remove("alerting");
        }
        ArrayNode jobs = JSON.createArrayNode();
        for (JsonNode job : config.path("scrape_configs")) {
            if (alertmanager || !job.path("job_name").asText().equals(Monitoring.ALERTMANAGER)) {
                jobs.add(here((ObjectNode) job));
            }
        }
        config.set("scrape_configs", jobs);
        config.path("alerting").path("alertmanagers").forEach(each -> here((ObjectNode) each));
        return text(config);
    }

    /** Replaces whatever says where targets are by addresses of this machine; nothing else of it is touched. */
    private ObjectNode here(ObjectNode job) {
        ArrayNode targets = JSON.createArrayNode();
        for (JsonNode lookup : job.path("dns_sd_configs")) {
            lookup.path("names")
                    .forEach(name -> targets.add(address(lookup.path("port").asInt())));
        }
        for (JsonNode group : job.path("static_configs")) {
            group.path("targets").forEach(target -> targets.add(here(target.asText())));
        }
        job.remove("dns_sd_configs");
        job.putArray("static_configs").addObject().set("targets", targets);
        return job;
    }

    /** Grafana's data sources. */
    String datasources() {
        ObjectNode config = read("grafana/provisioning/datasources/prometheus.yml");
        config.path("datasources")
                .forEach(source ->
                        ((ObjectNode) source).put("url", here(source.path("url").asText())));
        return text(config);
    }

    /** Where Grafana finds the dashboards: where they ship. */
    String dashboards() {
        ObjectNode config = read("grafana/provisioning/dashboards/tlac.yml");
        config.path("providers")
                .forEach(provider -> ((ObjectNode) provider.path("options"))
                        .put("path", shipped.resolve("dashboards").toString()));
        return text(config);
    }

    private String here(String address) {
        Matcher parts = ADDRESS.matcher(address);
        if (!parts.matches()) {
            throw new UserError("Not an address with a port in " + shipped + ": " + address);
        }
        return parts.group(1) + address(Integer.parseInt(parts.group(2)));
    }

    private String address(int port) {
        return "127.0.0.1:" + settings.port(port);
    }

    private ObjectNode read(String file) {
        try {
            return (ObjectNode) YAML.readTree(Files.readString(shipped.resolve(file)));
        } catch (IOException e) {
            throw new UserError("Cannot read " + shipped.resolve(file), e);
        }
    }

    private static String text(ObjectNode config) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(config) + "\n";
        } catch (JsonProcessingException e) {
            throw new UserError("Cannot write JSON", e);
        }
    }
}
