package org.tlac.platform.metrics;

/** A number that goes up and comes back down, by label values: requests in progress, slots busy. Safe for any number of threads. */
public interface Level {

    void add(long amount, String... labelValues);

    default void increment(String... labelValues) {
        add(1, labelValues);
    }

    default void decrement(String... labelValues) {
        add(-1, labelValues);
    }
}
