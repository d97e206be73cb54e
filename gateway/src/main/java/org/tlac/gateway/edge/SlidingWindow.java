package org.tlac.gateway.edge;

import java.time.Duration;
import java.time.Instant;

/** The moments of one user's latest calls: exact over any window, unlike counters that start anew at each full minute. */
final class SlidingWindow {

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

    /** Counts a call when it is within the limit. */
    synchronized Verdict admit(Instant now) {
        long millis = now.toEpochMilli();
        while (size > 0 && oldest() <= millis - windowMillis) {
            size--;
        }
        if (size == moments.length) {
            return new Verdict(size + 1, Duration.ofMillis(oldest() + windowMillis - millis));
        }
        moments[next] = millis;
        next = (next + 1) % moments.length;
        size++;
        return new Verdict(size, Duration.ZERO);
    }

    private long oldest() {
        return moments[Math.floorMod(next - size, moments.length)];
    }
}
