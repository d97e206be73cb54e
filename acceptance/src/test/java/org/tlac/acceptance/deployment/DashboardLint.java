package org.tlac.acceptance.deployment;

import static org.tlac.acceptance.deployment.Manifests.elements;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rules of Grafana's dashboard linter that make sense here, and that no panel covers another. Each finding names the linter's rule.
 * Whether an expression is PromQL at all, promtool judges.
 */
final class DashboardLint {

    /** Where what is shown has neither: recorded series are sums over jobs and instances, a text asks nothing. */
    private static final Set<String> WITHOUT_CHOICE = Set.of("tlac-slo", "tlac-runbooks");

    private static final Pattern SELECTOR =
            Pattern.compile("(?<![\\w:$])((?:tlac|jvm|process|system)_\\w+|up|[a-z_]+:tlac_\\w+:\\w+)(?:\\{([^}]*)})?");
    private static final Pattern RATE = Pattern.compile("\\bi?rate\\([^\\[\\]]*\\[([^]]*)]");
    private static final Pattern COUNTER = Pattern.compile("(?<![\\w:])tlac_\\w+_(?:total|count|sum|bucket)\\b");
    private static final Pattern COUNTED =
            Pattern.compile("(?:rate|increase)\\(tlac_\\w+_(?:total|count|sum|bucket)(?:\\{[^}]*})?\\[");

    private final JsonNode dashboard;
    private final List<String> findings = new ArrayList<>();

    private DashboardLint(JsonNode dashboard) {
        this.dashboard = dashboard;
    }

    static List<String> findings(JsonNode dashboard) {
        DashboardLint lint = new DashboardLint(dashboard);
        lint.whole();
        lint.variables();
        panels(dashboard).forEach(lint::panel);
        return lint.findings;
    }

    static Stream<JsonNode> panels(JsonNode dashboard) {
        return elements(dashboard.path("panels"))
                .filter(panel -> !panel.path("type").asText().equals("row"));
    }

    /** Metric names with what stands in their braces. */
    static List<MatchResult> selectors(String expression) {
        return SELECTOR.matcher(expression).results().toList();
    }

    private void whole() {
        require(!dashboard.path("editable").asBoolean(true), "uneditable-dashboard-rule", "editable");
        require(dashboard.path("uid").asText().startsWith("tlac-"), "uid", "does not begin with tlac-");
        List<JsonNode> all = elements(dashboard.path("panels")).toList();
        require(
                all.stream().map(panel -> panel.path("id").asInt()).distinct().count() == all.size(),
                "ids",
                "two panels have one id");
        for (JsonNode one : all) {
            require(
                    all.stream().filter(other -> overlap(one, other)).count() == 1,
                    "places",
                    title(one) + " is covered");
        }
    }

    private void variables() {
        Map<String, JsonNode> byName = elements(dashboard.at("/templating/list"))
                .collect(Collectors.toMap(variable -> variable.path("name").asText(), variable -> variable));
        JsonNode source = byName.get("datasource");
        require(
                source != null
                        && source.path("type").asText().equals("datasource")
                        && source.path("query").asText().equals("prometheus")
                        && source.path("label").asText().equals("Data source")
                        && source.at("/current/value").asText().equals("prometheus"),
                "template-datasource-rule",
                "no variable datasource with a default");
        if (WITHOUT_CHOICE.contains(dashboard.path("uid").asText())) {
            return;
        }
        Map.of("job", "Job", "instance", "Instance").forEach((name, label) -> {
            JsonNode variable = byName.get(name);
            require(
                    variable != null
                            && variable.path("label").asText().equals(label)
                            && variable.path("multi").asBoolean()
                            && variable.path("includeAll").asBoolean()
                            && variable.path("allValue").asText().equals(".+")
                            && variable.at("/current/value/0").asText().equals("$__all")
                            && variable.at("/datasource/uid").asText().equals("${datasource}"),
                    "template-" + name + "-rule",
                    "no variable " + name + " with all values by default");
            require(
                    variable != null && variable.path("refresh").asInt() == 2,
                    "template-on-time-change-reload-rule",
                    name + " is not asked for again");
            require(
                    variable != null
                            && variable.at("/query/query")
                                    .asText()
                                    .matches("label_values\\(\\w+(\\{.*})?, " + name + "\\)"),
                    "template-label-promql-rule",
                    name + " is not asked for by label_values");
        });
    }

    private void panel(JsonNode panel) {
        require(
                !title(panel).isBlank() && panel.path("description").asText().endsWith("."),
                "panel-title-description-rule",
                title(panel) + " is not described");
        if (panel.path("type").asText().equals("text")) {
            return;
        }
        require(panel.at("/datasource/uid").asText().equals("${datasource}"), "panel-datasource-rule", title(panel));
        require(
                !panel.at("/fieldConfig/defaults/unit").asText().isBlank(),
                "panel-units-rule",
                title(panel) + " has no unit");
        require(!panel.path("targets").isEmpty(), "panel-no-targets-rule", title(panel));
        for (JsonNode target : panel.path("targets")) {
            require(
                    target.at("/datasource/uid").asText().equals("${datasource}"),
                    "panel-datasource-rule",
                    title(panel));
            expression(panel, target.path("expr").asText());
        }
    }

    private void expression(JsonNode panel, String expression) {
        for (MatchResult selector : selectors(expression)) {
            String labels = selector.group(2) == null ? "" : selector.group(2);
            boolean recorded = selector.group(1).contains(":");
            // The gateway alone, or the five of ours: which jobs those are is not for the viewer to choose.
            require(
                    recorded || labels.contains("job=~\"$job\"") || labels.matches(".*\\bjob=~?\"gateway.*"),
                    "target-job-rule",
                    title(panel) + ": " + selector.group());
            require(
                    recorded
                            || labels.contains("instance=~\"$instance\"")
                            || selector.group(1).equals("up"),
                    "target-instance-rule",
                    title(panel) + ": " + selector.group());
        }
        RATE.matcher(expression)
                .results()
                .forEach(rate -> require(
                        rate.group(1).equals("$__rate_interval"),
                        "target-rate-interval-rule",
                        title(panel) + ": " + rate.group()));
        long counters = COUNTER.matcher(expression).results().count();
        long counted = COUNTED.matcher(expression).results().count();
        require(counters == counted, "target-counter-agg-rule", title(panel) + ": " + expression);
    }

    private void require(boolean holds, String rule, String finding) {
        if (!holds) {
            findings.add(dashboard.path("uid").asText() + ": " + rule + ": " + finding);
        }
    }

    private static String title(JsonNode panel) {
        return panel.path("title").asText();
    }

    private static boolean overlap(JsonNode one, JsonNode other) {
        JsonNode a = one.path("gridPos");
        JsonNode b = other.path("gridPos");
        return meet(a, b, "x", "w") && meet(a, b, "y", "h");
    }

    private static boolean meet(JsonNode a, JsonNode b, String from, String length) {
        return a.path(from).asInt() < b.path(from).asInt() + b.path(length).asInt()
                && b.path(from).asInt() < a.path(from).asInt() + a.path(length).asInt();
    }
}
