package org.tlac.runner.interactive;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Who reads the events of one interactive run, and when they last did. The newest stream counts: a client may have connected again before
 * the end of its old connection is noticed. Thread-safe; times are those of {@link System#nanoTime}.
 */
final class RunReader {

    private @Nullable EventStream current;
    private boolean reading;
    private long lastRead = System.nanoTime();

    /** Replaces the stream before it. */
    synchronized void attach(EventStream stream) {
        current = stream;
        lastRead = System.nanoTime();
    }

    synchronized boolean isCurrent(EventStream stream) {
        return current == stream;
    }

    /** The stream begins or ends to wait for events. A client that takes nothing makes it do neither, however its connection looks. */
    synchronized void reading(EventStream stream, boolean now) {
        if (current == stream) {
            reading = now;
            lastRead = System.nanoTime();
        }
    }

    synchronized void detach(EventStream stream) {
        if (current == stream) {
            current = null;
            reading = false;
            lastRead = System.nanoTime();
        }
    }

    /** Whether nobody has read for longer than that. */
    synchronized boolean isGone(long now, Duration grace) {
        return !reading && now - lastRead > grace.toNanos();
    }
}
