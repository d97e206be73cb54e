package org.tlac.gateway.edge;

import java.time.Duration;
import java.time.Instant;

/** The moments of one user's latest calls: exact over any window, unlike counters that start anew at each full minute. */
final class SlidingWindow {

    private static final long UNKNOWN_WAIT_MILLIS = 5000;

    private final long[] moments;
    private final long windowMillis;
    private int next;
    private int size;

    SlidingWindow(int limit, Duration window) {
        this.moments = new long[limit];
        this.windowMillis = window.toMillis();
    }

    /**
     * What one more call meets.
     *
     * @param used calls within the window, this one included when it is admitted
     * @param retryAfter how long until one more is admitted; zero when this one is
     */
    record Verdict(int used, Duration retryAfter) {

        boolean admitted() {
            return retryAfter.isZero();
        }
    }

    /**
     * Counts a call when it is within the limit.
     *
     * @param elsewhere calls within the window that others counted
     */
    synchronized Verdict admit(Instant now, int elsewhere) {
        long millis = now.toEpochMilli();
        forgetBefore(millis);
        if (size + elsewhere >= moments.length) {
            // When the others' calls were is not known here: then a short while, after which this is asked again.
            long wait = size == 0 ? UNKNOWN_WAIT_MILLIS : oldest() + windowMillis - millis;
            return new Verdict(size + elsewhere + 1, Duration.ofMillis(wait));
        }
        moments[next] = millis;
        next = (next + 1) % moments.length;
        size++;
        return new Verdict(size + elsewhere, Duration.ZERO);
    }

    /** Calls within the window. */
    synchronized int count(Instant now) {
        forgetBefore(now.toEpochMilli());
        return size;
    }

    private void forgetBefore(long millis) {
        while (size > 0 && oldest() <= millis - windowMillis) {
            size--;
        }
    }

    private long oldest() {
        return moments[Math.floorMod(next - size, moments.length)];
    }
}
