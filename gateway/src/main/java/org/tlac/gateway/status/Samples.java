package org.tlac.gateway.status;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleBinaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Metric;
import org.tlac.platform.metrics.ServiceName;

/**
 * The metrics of the whole system as one: what every replica of every service reports, merged as the {@link Catalogue} says. Only
 * {@code tlac_*}.
 */
final class Samples {

    private static final Pattern LINE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{.*})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** By metric, then by series as it is printed, in the order in which services print them: buckets ascend. */
    private final Map<Metric, Map<String, Double>> values = new TreeMap<>(java.util.Comparator.comparing(Metric::name));

    /** Adds what one replica reports. */
    void add(ServiceName owner, String exposition) {
        exposition.lines().filter(line -> line.startsWith(Catalogue.PREFIX)).forEach(line -> {
            Matcher sample = LINE.matcher(line);
            if (sample.matches()) {
                String name = sample.group(1);
                String labels = sample.group(2) == null ? "" : sample.group(2);
                Metric metric = metric(name);
                if (metric != null && counts(metric, owner)) {
                    values.computeIfAbsent(metric, key -> new LinkedHashMap<>())
                            .merge(name + labels, Double.parseDouble(sample.group(3)), merge(metric)::applyAsDouble);
                }
            }
        });
    }

    private static @org.jspecify.annotations.Nullable Metric metric(String name) {
        return Catalogue.find(name)
                .or(() -> Catalogue.find(name.replaceFirst("_(bucket|sum|count)$", "")))
                .orElse(null);
    }

    private static boolean counts(Metric metric, ServiceName owner) {
        return metric.merge() != Metric.Merge.EDGE || owner == ServiceName.GATEWAY;
    }

    private static DoubleBinaryOperator merge(Metric metric) {
        return metric.merge() == Metric.Merge.MAX ? Math::max : Double::sum;
    }

    /** The sum over a metric's series whose labels have these values; of a histogram, over its counts. */
    double total(Metric metric, Map<String, String> labels) {
        String name = metric.kind() == Metric.Kind.HISTOGRAM ? metric.name() + "_count" : metric.name();
        return values.getOrDefault(metric, Map.of()).entrySet().stream()
                .filter(series ->
                        series.getKey().equals(name) || series.getKey().startsWith(name + "{"))
                .filter(series -> labels(series.getKey()).entrySet().containsAll(labels.entrySet()))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    double total(Metric metric) {
        return total(metric, Map.of());
    }

    static Map<String, String> labels(String series) {
        Map<String, String> labels = new TreeMap<>();
        Matcher label = LABEL.matcher(series);
        while (label.find()) {
            labels.put(label.group(1), label.group(2));
        }
        return labels;
    }

    /** The merged metrics in Prometheus's text format. */
    String exposition() {
        StringBuilder text = new StringBuilder(64 << 10);
        values.forEach((metric, series) -> {
            text.append("# HELP ")
                    .append(metric.name())
                    .append(' ')
                    .append(metric.help())
                    .append('\n');
            text.append("# TYPE ")
                    .append(metric.name())
                    .append(' ')
                    .append(metric.kind().name().toLowerCase(java.util.Locale.ROOT))
                    .append('\n');
            series.forEach(
                    (name, value) -> text.append(name).append(' ').append(value).append('\n'));
        });
        return text.toString();
    }
}
