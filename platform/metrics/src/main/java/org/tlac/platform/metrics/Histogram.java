package org.tlac.platform.metrics;

import java.time.Duration;

/** A distribution, by label values (in the order of the declaration). Safe for any number of threads. */
public interface Histogram {

    /** Records one value in the metric's own unit: seconds where its name ends so, else what its help text says. */
    void observe(double value, String... labelValues);

    /** Makes a series exist at 0, so that its first value is seen as an increase. */
    void expect(String... labelValues);

    default void observe(Duration elapsed, String... labelValues) {
        observe(elapsed.toNanos() / 1e9, labelValues);
    }

    /** Records the time since {@code startNanos}, a reading of {@link System#nanoTime}. */
    default void observeSince(long startNanos, String... labelValues) {
        observe((System.nanoTime() - startNanos) / 1e9, labelValues);
    }
}
