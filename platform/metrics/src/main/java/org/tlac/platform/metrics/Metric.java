package org.tlac.platform.metrics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * One metric's declaration.
 *
 * @param buckets upper bounds of a histogram in the metric's unit, ascending, without +Inf; empty for the others
 * @param owners the services that expose it
 * @param merge how one number for the whole system is made of what several services and replicas report
 */
public record Metric(
        String name,
        Kind kind,
        String help,
        List<Label> labels,
        List<Double> buckets,
        Set<ServiceName> owners,
        Merge merge) {

    public enum Kind {
        COUNTER,
        GAUGE,
        HISTOGRAM
    }

    /** How the reports of several processes become one. */
    public enum Merge {
        /** Each reports its own share. */
        SUM,
        /** All report the same fact, read from the database. */
        MAX,
        /** Only the gateway's own report counts: a request that the gateway passes on is seen by two services. */
        EDGE
    }

    /**
     * A label.
     *
     * @param values all values it can take when they are known beforehand, so that each series exists at 0 from the start and its
     *     first event is not hidden from {@code increase()}; empty when only the running system knows
     */
    public record Label(String name, List<String> values) {

        static Label of(String name, String... values) {
            return new Label(name, List.of(values));
        }
    }

    public Metric {
        labels = List.copyOf(labels);
        buckets = List.copyOf(buckets);
        owners = Set.copyOf(owners);
    }

    public List<String> labelNames() {
        return labels.stream().map(Label::name).toList();
    }

    /** Every combination of label values known beforehand: one empty combination without labels, none when a label is open. */
    List<List<String>> knownSeries() {
        List<List<String>> series = List.of(List.of());
        for (Label label : labels) {
            List<List<String>> extended = new ArrayList<>();
            for (List<String> prefix : series) {
                for (String value : label.values()) {
                    List<String> values = new ArrayList<>(prefix);
                    values.add(value);
                    extended.add(Collections.unmodifiableList(values));
                }
            }
            series = extended;
        }
        return series;
    }
}
