package org.tlac.platform.metrics;

import io.helidon.metrics.api.DistributionStatisticsConfig;
import io.helidon.metrics.api.DistributionSummary;
import io.helidon.metrics.api.Gauge;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.MetricsConfig;
import io.helidon.metrics.api.MetricsFactory;
import io.helidon.metrics.api.Tag;
import io.helidon.metrics.api.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.ObjDoubleConsumer;
import org.tlac.platform.metrics.Metric.Kind;

/**
 * The metrics of this process. Helidon serves one registry per JVM, so a process has one of these; it hands out handles for what the
 * {@link Catalogue} says this service owns, and renders them for Prometheus.
 */
public final class Metrics {

    /** Label sets one metric may have; past it, further ones are counted under {@value #OVERFLOW}, so no client can grow memory. */
    static final int MAX_SERIES = 1000;

    static final String OVERFLOW = "other";

    /**
     * What each gauge asks. The registry keeps the first supplier it is given, which would be that of a service that was closed when one
     * starts again in this process; and the registry is the JVM's, so this is too.
     */
    private static final Map<List<String>, DoubleSupplier> SUPPLIERS = new ConcurrentHashMap<>();

    private final ServiceName owner;
    private final MeterRegistry registry;
    private final Exposition exposition;

    private Metrics(ServiceName owner, MetricsConfig config, MeterRegistry registry) {
        this.owner = owner;
        this.registry = registry;
        this.exposition = new Exposition(config, registry);
    }

    /**
     * Opens the registry, with {@code jvm_*}, {@code process_*} and {@code tlac_build_info} in it.
     *
     * @param version what {@code tlac_build_info} says
     */
    public static Metrics open(ServiceName owner, String version) {
        var micrometer = io.micrometer.core.instrument.Metrics.globalRegistry;
        // Helidon tags every meter with its scope: a label of its own on series that users' dashboards know without it.
        micrometer.config().meterFilter(MeterFilter.ignoreTags("scope"));
        // A gauge that is named like a counter; promtool objects, and the machine's own exporter knows it better.
        micrometer.config().meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
        MetricsConfig config = MetricsConfig.create();
        MeterRegistry registry = MetricsFactory.getInstance().globalRegistry(config);
        new JvmMemoryMetrics().bindTo(micrometer);
        new JvmThreadMetrics().bindTo(micrometer);
        new ClassLoaderMetrics().bindTo(micrometer);
        new ProcessorMetrics().bindTo(micrometer);
        new FileDescriptorMetrics().bindTo(micrometer);
        new UptimeMetrics().bindTo(micrometer);
        Metrics metrics = new Metrics(owner, config, registry);
        metrics.gauge(Catalogue.BUILD_INFO, () -> 1, version);
        return metrics;
    }

    public ServiceName owner() {
        return owner;
    }

    public Counter counter(Metric metric) {
        check(metric, Kind.COUNTER);
        Series<io.helidon.metrics.api.Counter> series = series(
                metric,
                tags -> registry.getOrCreate(io.helidon.metrics.api.Counter.builder(metric.name())
                        .description(metric.help())
                        .tags(tags)));
        return (amount, labels) -> series.of(labels).increment(amount);
    }

    public Histogram histogram(Metric metric) {
        check(metric, Kind.HISTOGRAM);
        if (metric.name().endsWith("_seconds")) {
            Series<Timer> series =
                    series(metric, tags -> registry.getOrCreate(timer(metric).tags(tags)));
            return histogram(series, (timer, seconds) -> timer.record(Math.round(seconds * 1e9), TimeUnit.NANOSECONDS));
        }
        Series<DistributionSummary> series =
                series(metric, tags -> registry.getOrCreate(summary(metric).tags(tags)));
        return histogram(series, DistributionSummary::record);
    }

    private static <M> Histogram histogram(Series<M> series, ObjDoubleConsumer<M> record) {
        return new Histogram() {
            @Override
            public void observe(double value, String... labelValues) {
                record.accept(series.of(labelValues), value);
            }

            @Override
            public void expect(String... labelValues) {
                series.of(labelValues);
            }
        };
    }

    /** A gauge whose value is asked for at each scrape; the supplier must be quick and must not throw. */
    public void gauge(Metric metric, DoubleSupplier value, String... labelValues) {
        check(metric, Kind.GAUGE);
        List<Tag> tags = tags(metric, List.of(labelValues));
        List<String> series = new ArrayList<>(List.of(labelValues));
        series.add(metric.name());
        SUPPLIERS.put(List.copyOf(series), value);
        registry.getOrCreate(Gauge.builder(
                        metric.name(),
                        () -> SUPPLIERS.getOrDefault(series, value).getAsDouble())
                .description(metric.help())
                .tags(tags));
    }

    public Level level(Metric metric) {
        check(metric, Kind.GAUGE);
        Series<LongAdder> series = series(metric, tags -> {
            LongAdder sum = new LongAdder();
            registry.getOrCreate(Gauge.builder(metric.name(), sum::sum)
                    .description(metric.help())
                    .tags(tags));
            return sum;
        });
        return (amount, labels) -> series.of(labels).add(amount);
    }

    /** Everything this process reports, in Prometheus's text format 0.0.4. */
    public String scrape() {
        return exposition.render();
    }

    private void check(Metric metric, Kind kind) {
        if (metric.kind() != kind) {
            throw new IllegalArgumentException(metric.name() + " is a " + metric.kind() + ", not a " + kind);
        }
        if (!metric.owners().contains(owner)) {
            throw new IllegalArgumentException(metric.name() + " is not declared for " + owner.id());
        }
    }

    // Without percentiles(new double[0]) quantile lines appear inside the histogram.
    private static Timer.Builder timer(Metric metric) {
        return Timer.builder(metric.name())
                .description(metric.help())
                .percentiles(new double[0])
                .buckets(metric.buckets().stream()
                        .map(seconds -> Duration.ofNanos(Math.round(seconds * 1e9)))
                        .toArray(Duration[]::new));
    }

    private static DistributionSummary.Builder summary(Metric metric) {
        double[] bounds =
                metric.buckets().stream().mapToDouble(Double::doubleValue).toArray();
        return DistributionSummary.builder(
                        metric.name(),
                        DistributionStatisticsConfig.builder()
                                .percentiles(new double[0])
                                .buckets(bounds))
                .description(metric.help());
    }

    private static List<Tag> tags(Metric metric, List<String> labelValues) {
        if (labelValues.size() != metric.labels().size()) {
            throw new IllegalArgumentException(
                    metric.name() + " has labels " + metric.labelNames() + ", got " + labelValues);
        }
        List<Tag> tags = new ArrayList<>();
        for (int i = 0; i < labelValues.size(); i++) {
            tags.add(Tag.create(metric.labels().get(i).name(), labelValues.get(i)));
        }
        return tags;
    }

    private static <M> Series<M> series(Metric metric, Function<List<Tag>, M> create) {
        Series<M> series = new Series<>(metric, create);
        metric.knownSeries().forEach(labels -> series.of(labels.toArray(String[]::new)));
        return series;
    }

    /** The children of one metric by label values, created on first use and bounded in number. */
    private record Series<M>(Metric metric, Function<List<Tag>, M> create, Map<List<String>, M> children) {

        Series(Metric metric, Function<List<Tag>, M> create) {
            this(metric, create, new ConcurrentHashMap<>());
        }

        M of(String... labelValues) {
            List<String> key = List.of(labelValues);
            M child = children.get(key);
            if (child != null) {
                return child;
            }
            List<String> bounded = children.size() < MAX_SERIES
                    ? key
                    : key.stream().map(value -> OVERFLOW).toList();
            return children.computeIfAbsent(bounded, values -> create.apply(tags(metric, values)));
        }
    }
}
