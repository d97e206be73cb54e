package org.tlac.acceptance.deployment;

import static org.tlac.acceptance.deployment.Manifests.elements;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The rules and rule tests of a {@code monitoring/} folder: that of the checkout, or of a copy that a test breaks.
 *
 * @param folder where {@code prometheus.yml} stands
 */
record Alerts(Path folder) {

    static final Alerts SHIPPED = new Alerts(Checkout.ROOT.resolve("monitoring"));

    /** The files of recording and alerting rules, as {@code prometheus.yml} finds them. */
    List<Path> ruleFiles() {
        return Stream.of("rules", "alerts")
                .flatMap(kind -> Checkout.files(folder.resolve(kind)).stream())
                .toList();
    }

    List<JsonNode> alerts() {
        return rules().filter(rule -> rule.has("alert")).toList();
    }

    List<String> names() {
        return alerts().stream().map(alert -> alert.path("alert").asText()).toList();
    }

    List<JsonNode> recordings() {
        return rules().filter(rule -> rule.has("record")).toList();
    }

    private Stream<JsonNode> rules() {
        return ruleFiles().stream().map(Checkout::yaml).flatMap(Alerts::rules);
    }

    private static Stream<JsonNode> rules(JsonNode file) {
        return elements(file.path("groups")).flatMap(group -> elements(group.path("rules")));
    }

    List<Path> testFiles() {
        return Checkout.files(folder.resolve("tests"));
    }

    /** The cases in which something is said about an alert. */
    List<JsonNode> casesOf(String alert) {
        return testFiles().stream()
                .flatMap(file -> elements(Checkout.yaml(file).path("tests")))
                .filter(test -> expectations(test, alert).findAny().isPresent())
                .toList();
    }

    /** What a case expects of an alert, at each of its times. */
    static Stream<JsonNode> expectations(JsonNode test, String alert) {
        return elements(test.path("alert_rule_test"))
                .filter(expectation -> expectation.path("alertname").asText().equals(alert))
                .map(expectation -> expectation.path("exp_alerts"));
    }

    /** Runs the rule tests whose text the predicate accepts. */
    Tool.Outcome test(Predicate<String> text) {
        String[] arguments = Stream.concat(
                        Stream.of("test", "rules"),
                        testFiles().stream()
                                .filter(file -> text.test(Checkout.text(file)))
                                .map(file -> file.getFileName().toString()))
                .toArray(String[]::new);
        return new Tool("promtool").run(folder.resolve("tests"), arguments);
    }

    /** Puts another expression in the place of a rule's; {@code kind} is {@code alert} or {@code record}. */
    void replace(String kind, String name, String expression) {
        int replaced = 0;
        for (Path file : ruleFiles()) {
            JsonNode content = Checkout.yaml(file);
            List<JsonNode> wanted = rules(content)
                    .filter(rule -> rule.path(kind).asText().equals(name))
                    .toList();
            wanted.forEach(rule -> ((ObjectNode) rule).put("expr", expression));
            replaced += wanted.size();
            if (!wanted.isEmpty()) {
                write(file, content);
            }
        }
        if (replaced == 0) {
            throw new IllegalArgumentException("There is no " + kind + " " + name);
        }
    }

    private static void write(Path file, JsonNode content) {
        try {
            Files.writeString(file, Checkout.YAML.writeValueAsString(content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
