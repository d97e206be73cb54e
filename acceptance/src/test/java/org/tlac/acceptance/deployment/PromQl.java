package org.tlac.acceptance.deployment;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Judges queries with promtool: whether they are PromQL at all, and whether they find anything in the series that we declare. */
final class PromQl {

    private static final Tool PROMTOOL = new Tool("promtool");

    private PromQl() {}

    /** A query of a dashboard as Grafana would send it, with every value chosen. */
    static String ready(String expression) {
        return expression
                .replace("$__rate_interval", "5m")
                .replace("$__range", "1h")
                .replace("$job", ".+")
                .replace("$instance", ".+");
    }

    /** Each becomes a rule: what cannot be parsed is refused, with its place. */
    static Tool.Outcome parse(Path temp, List<String> expressions) {
        ObjectNode rules = Checkout.YAML.createObjectNode();
        ArrayNode group =
                rules.putArray("groups").addObject().put("name", "queries").putArray("rules");
        for (String expression : expressions) {
            group.addObject().put("record", "query" + group.size()).put("expr", ready(expression));
        }
        write(temp.resolve("queries.yml"), rules);
        return PROMTOOL.run(temp, "check", "rules", "queries.yml");
    }

    /** An alert for each that fires when it finds data, and a test that expects them all. NaN is no data. */
    static Tool.Outcome findData(Path temp, List<String> expressions) {
        ObjectNode rules = Checkout.YAML.createObjectNode();
        ArrayNode group =
                rules.putArray("groups").addObject().put("name", "queries").putArray("rules");
        ObjectNode tests = Checkout.YAML.createObjectNode().put("evaluation_interval", "1m");
        ArrayNode files = tests.putArray("rule_files").add("queries.yml");
        Checkout.files(Checkout.ROOT.resolve("monitoring/rules")).forEach(file -> files.add(file.toString()));
        ObjectNode test = tests.putArray("tests").addObject().put("interval", "1m");
        test.putArray("input_series").addAll(SampleSeries.ofEveryMetric()).addAll(SampleSeries.ofEveryProcess());
        for (String expression : expressions) {
            String name = "Query" + group.size();
            String ready = ready(expression);
            group.addObject().put("alert", name).put("expr", "count((" + ready + ") == (" + ready + ")) > 0");
            test.withArray("alert_rule_test")
                    .addObject()
                    .put("eval_time", "15m")
                    .put("alertname", name)
                    .putArray("exp_alerts")
                    .addObject()
                    .putObject("exp_labels");
        }
        write(temp.resolve("queries.yml"), rules);
        write(temp.resolve("tests.yml"), tests);
        return PROMTOOL.run(temp, "test", "rules", "tests.yml");
    }

    private static void write(Path file, ObjectNode content) {
        try {
            Files.writeString(file, Checkout.YAML.writeValueAsString(content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
