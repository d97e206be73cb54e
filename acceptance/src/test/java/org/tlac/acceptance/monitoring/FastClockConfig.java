package org.tlac.acceptance.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A copy of {@code monitoring/} in which a school's minutes are seconds: scraped and evaluated each second, {@code for} sixty times
 * shorter, and Alertmanager tells a webhook at once. What is asked (every expression, label, job, route and inhibition) is left as it
 * ships: those are what the live test is about, and when an alert fires by the clock is what promtool's tests are about.
 */
final class FastClockConfig {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final int FASTER = 60;

    private FastClockConfig() {}

    /** @return a folder with the copy in it, to be used as the repository's root */
    static Path copy(Path root, Path target, String webhook) {
        try (Stream<Path> files = Files.walk(root.resolve("monitoring"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = target.resolve(root.relativize(file));
                Files.createDirectories(to.getParent());
                Files.copy(file, to);
            }
            prometheus(target.resolve("monitoring/prometheus.yml"));
            for (String folder : List.of("alerts", "rules")) {
                for (Path file : yaml(target.resolve("monitoring").resolve(folder))) {
                    rules(file);
                }
            }
            alertmanager(target.resolve("monitoring/alertmanager/alertmanager.yml"), webhook);
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> yaml(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".yml")).toList();
        }
    }

    private static void prometheus(Path file) throws IOException {
        ObjectNode config = read(file);
        ((ObjectNode) config.path("global"))
                .put("scrape_interval", "1s")
                .put("scrape_timeout", "1s")
                .put("evaluation_interval", "1s");
        YAML.writeValue(file.toFile(), config);
    }

    private static void rules(Path file) throws IOException {
        ObjectNode rules = read(file);
        for (JsonNode group : rules.path("groups")) {
            ((ObjectNode) group).remove("interval");
            for (JsonNode rule : group.path("rules")) {
                if (rule.has("for")) {
                    ((ObjectNode) rule).put("for", seconds(rule.path("for").asText()) / FASTER + "s");
                }
            }
        }
        YAML.writeValue(file.toFile(), rules);
    }

    private static long seconds(String duration) {
        return Duration.parse("PT" + duration.toUpperCase(java.util.Locale.ROOT))
                .toSeconds();
    }

    private static void alertmanager(Path file, String webhook) throws IOException {
        ObjectNode config = read(file);
        config.path("receivers").forEach(receiver -> {
            ((ObjectNode) receiver)
                    .putArray("webhook_configs")
                    .addObject()
                    .put("url", webhook)
                    .put("send_resolved", true);
        });
        for (JsonNode route : config.findParents("receiver")) {
            ((ObjectNode) route).put("group_wait", "0s").put("group_interval", "1s");
        }
        YAML.writeValue(file.toFile(), config);
    }

    private static ObjectNode read(Path file) throws IOException {
        return (ObjectNode) YAML.readTree(file.toFile());
    }
}
