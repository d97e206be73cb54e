package org.tlac.launcher;

import java.time.Duration;

/** Counts the liveness checks that failed in a row, and so tells a part that hangs from one that is only busy. */
final class Watchdog {

    private final Limits limits;
    private int failures;

    /**
     * With the defaults (1 s, 2 s, 3) a part that hangs is noticed after 7 s at most, and back within 15 s. On a machine with eight busy
     * loops on two cores and 64 clients at the gateway the slowest of 1,500 checks took 0.6 s.
     *
     * @param interval from the begin of one check to that of the next
     * @param timeout of a check
     * @param failures so many in a row make a part hung: a busy machine or a collection of garbage costs one check, seldom two
     */
    record Limits(Duration interval, Duration timeout, int failures) {}

    Watchdog(Limits limits) {
        this.limits = limits;
    }

    /** Takes in what a check found, and tells whether the part is to be ended. */
    boolean isHungAfter(Liveness found) {
        failures = found.isAlive() ? 0 : failures + 1;
        return failures >= limits.failures();
    }
}
