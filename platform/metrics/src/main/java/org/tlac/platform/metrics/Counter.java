package org.tlac.platform.metrics;

/** Something that happened, counted by label values (in the order of the declaration). Safe for any number of threads. */
@FunctionalInterface
public interface Counter {

    /** @throws IllegalArgumentException when the number of values is not the number of labels declared */
    default void increment(String... labelValues) {
        add(1, labelValues);
    }

    void add(long amount, String... labelValues);
}
