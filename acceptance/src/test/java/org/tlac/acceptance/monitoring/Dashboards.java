package org.tlac.acceptance.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the shipped dashboards ask Prometheus, as Grafana would send it: every variable at its default, everything chosen. */
final class Dashboards {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Grafana's own, for a minute's look at a live system. */
    private static final Map<String, String> BUILT_IN =
            Map.of("__rate_interval", "1m", "__interval", "15s", "__range", "1h", "__range_s", "3600");

    private Dashboards() {}

    /** A question of a panel, or of the annotations. */
    record Question(String dashboard, String panel, String expression) {}

    /** A variable that is filled by {@code label_values(selector, label)}. */
    record Variable(String dashboard, String selector, String label) {}

    static List<Question> questions(Path folder) {
        List<Question> questions = new ArrayList<>();
        for (JsonNode dashboard : all(folder)) {
            Map<String, String> values = values(dashboard);
            String title = dashboard.path("title").asText();
            panels(dashboard)
                    .forEach(panel -> panel.path("targets")
                            .forEach(target -> questions.add(new Question(
                                    title,
                                    panel.path("title").asText(),
                                    chosen(target.path("expr").asText(), values)))));
            dashboard.path("annotations").path("list").forEach(annotation -> {
                if (annotation.hasNonNull("expr")) {
                    questions.add(new Question(
                            title, "annotation", chosen(annotation.path("expr").asText(), values)));
                }
            });
        }
        return questions;
    }

    static List<Variable> variables(Path folder) {
        List<Variable> variables = new ArrayList<>();
        for (JsonNode dashboard : all(folder)) {
            for (JsonNode variable : dashboard.path("templating").path("list")) {
                if (variable.path("type").asText().equals("query")) {
                    String query = variable.path("query").path("query").asText();
                    String inside = query.replaceFirst("^label_values\\((.*)\\)$", "$1");
                    int comma = inside.lastIndexOf(',');
                    variables.add(new Variable(
                            dashboard.path("title").asText(),
                            chosen(inside.substring(0, comma), values(dashboard)),
                            inside.substring(comma + 1).strip()));
                }
            }
        }
        return variables;
    }

    private static Stream<JsonNode> panels(JsonNode parent) {
        List<JsonNode> panels = new ArrayList<>();
        parent.path("panels").forEach(panels::add);
        return panels.stream().flatMap(panel -> Stream.concat(Stream.of(panel), panels(panel)));
    }

    private static Map<String, String> values(JsonNode dashboard) {
        Map<String, String> values = new HashMap<>(BUILT_IN);
        for (JsonNode variable : dashboard.path("templating").path("list")) {
            String all = variable.path("allValue").asText(".*");
            values.put(
                    variable.path("name").asText(),
                    variable.path("includeAll").asBoolean()
                            ? all
                            : variable.path("current").path("value").asText());
        }
        return values;
    }

    private static String chosen(String expression, Map<String, String> values) {
        String text = expression;
        // The longest name first: $__range is the beginning of $__range_s.
        for (String name : values.keySet().stream()
                .sorted((a, b) -> Integer.compare(b.length(), a.length()))
                .toList()) {
            text = text.replaceAll(
                            "\\$\\{" + name + "(?::[a-z]+)?}",
                            java.util.regex.Matcher.quoteReplacement(values.get(name)))
                    .replace("$" + name, values.get(name));
        }
        return text;
    }

    private static List<JsonNode> all(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .map(Dashboards::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode read(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
