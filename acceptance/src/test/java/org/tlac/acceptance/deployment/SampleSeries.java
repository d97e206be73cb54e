package org.tlac.acceptance.deployment;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Metric;
import org.tlac.platform.metrics.ServiceName;

/** Series as two replicas of every service would yield them on a busy day, made of the catalogue: input for promtool's tests. */
final class SampleSeries {

    private static final List<String> REPLICAS = List.of("10.0.0.1", "10.0.0.2");

    /** Values of labels that only the running system knows. */
    private static final Map<String, List<String>> OPEN = Map.of(
            "method", List.of("GET"),
            "endpoint", List.of("/api/auth/me", "/static", "/api/python/run", "/api/python/session/{id}/events"),
            "status", List.of("200", "503"),
            "lesson_id", List.of("lesson-1"),
            "limit_type", List.of("login", "api", "concurrency"),
            "action", List.of("login"),
            "version", List.of("0.1.0"));

    private static final List<String> PROCESS = List.of(
            "process_start_time_seconds", "process_cpu_usage", "process_files_open_files", "process_files_max_files");

    private static final List<String> MEMORY =
            List.of("jvm_memory_used_bytes", "jvm_memory_committed_bytes", "jvm_memory_max_bytes");

    private final ArrayNode series = Checkout.YAML.createArrayNode();

    private SampleSeries() {}

    static ArrayNode ofEveryMetric() {
        SampleSeries samples = new SampleSeries();
        for (Metric metric : Catalogue.all()) {
            for (ServiceName owner : metric.owners()) {
                for (String replica : REPLICAS) {
                    samples.add(metric, 0, target(owner, replica));
                }
            }
        }
        return samples.series;
    }

    /** What Prometheus adds, and what every Java process reports beside the catalogue's metrics. */
    static ArrayNode ofEveryProcess() {
        SampleSeries samples = new SampleSeries();
        for (ServiceName owner : ServiceName.values()) {
            for (String replica : REPLICAS) {
                String target = target(owner, replica);
                samples.add("up", target, "1x20");
                PROCESS.forEach(name -> samples.add(name, target, "5x20"));
                for (String area : List.of("heap", "nonheap")) {
                    MEMORY.forEach(name -> samples.add(name, target + ", area=\"" + area + "\", id=\"Pool\"", "5x20"));
                }
                samples.add("jvm_buffer_memory_used_bytes", target + ", id=\"direct\"", "5x20");
                samples.add("jvm_threads_states_threads", target + ", state=\"runnable\"", "5x20");
            }
        }
        return samples.series;
    }

    private static String target(ServiceName owner, String replica) {
        return "job=\"" + owner.id() + "\", instance=\"" + replica + "\"";
    }

    private void add(Metric metric, int label, String labels) {
        if (label == metric.labels().size()) {
            add(metric, labels);
            return;
        }
        Metric.Label next = metric.labels().get(label);
        List<String> values = next.values().isEmpty() ? OPEN.get(next.name()) : next.values();
        for (String value : values) {
            add(metric, label + 1, labels + ", " + next.name() + "=\"" + value + "\"");
        }
    }

    private void add(Metric metric, String labels) {
        switch (metric.kind()) {
            case COUNTER -> add(metric.name(), labels, "0+30x20");
            case GAUGE -> add(metric.name(), labels, "5x20");
            case HISTOGRAM -> {
                int below = 0;
                for (double bound : metric.buckets()) {
                    String le = BigDecimal.valueOf(bound).toPlainString();
                    add(metric.name() + "_bucket", labels + ", le=\"" + le + "\"", "0+" + ++below + "x20");
                }
                add(metric.name() + "_bucket", labels + ", le=\"+Inf\"", "0+" + below + "x20");
                add(metric.name() + "_count", labels, "0+" + below + "x20");
                add(metric.name() + "_sum", labels, "0+1x20");
            }
        }
    }

    private void add(String name, String labels, String values) {
        series.addObject().put("series", name + "{" + labels + "}").put("values", values);
    }
}
