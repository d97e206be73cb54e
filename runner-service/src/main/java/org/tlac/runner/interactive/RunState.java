package org.tlac.runner.interactive;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.tlac.runner.sandbox.Conversation.Line;

/**
 * The state machine of one interactive run, with its deadlines:
 *
 * <pre>
 * QUEUED ──► RUNNING ◄──► AWAITING_INPUT
 *    └──────────┴───────────────┴──────► ENDED
 * </pre>
 *
 * <p>A stop is no state of its own: the first cause is kept, the program is told, and its end follows. Thread-safe; times are those of
 * {@link System#nanoTime}.
 */
final class RunState {

    private enum Phase {
        /** No slot has begun it. */
        QUEUED,
        RUNNING,
        AWAITING_INPUT,
        ENDED
    }

    private final InteractiveRules rules;
    private final long createdAt = System.nanoTime();
    private Phase phase = Phase.QUEUED;
    private @Nullable Line line;
    private @Nullable StopCause stopCause;
    private long startedAt;
    private long awaitingSince;
    private long endedAt;

    RunState(InteractiveRules rules) {
        this.rules = rules;
    }

    synchronized void started(Line to) {
        line = to;
        startedAt = System.nanoTime();
        phase = Phase.RUNNING;
        if (stopCause != null) {
            // Requested between the queue and the sandbox, when there was no program to tell.
            to.stop();
        }
    }

    synchronized void awaitsInput() {
        phase = Phase.AWAITING_INPUT;
        awaitingSince = System.nanoTime();
    }

    /** Input is on its way to the program. */
    synchronized void resumed() {
        if (phase == Phase.AWAITING_INPUT) {
            phase = Phase.RUNNING;
        }
    }

    /** Requests the end. Idempotent: the first cause counts. */
    synchronized void stop(StopCause cause) {
        if (!isOpen()) {
            return;
        }
        stopCause = cause;
        if (line != null) {
            line.stop();
        }
    }

    /** @return whether it had not ended before */
    synchronized boolean end() {
        if (phase == Phase.ENDED) {
            return false;
        }
        phase = Phase.ENDED;
        endedAt = System.nanoTime();
        line = null;
        return true;
    }

    /** Whether it has neither ended nor been stopped. */
    synchronized boolean isOpen() {
        return phase != Phase.ENDED && stopCause == null;
    }

    /** Null while nobody has stopped it. */
    synchronized @Nullable StopCause stopCause() {
        return stopCause;
    }

    /** How long it was queued; zero for one that never ran. */
    synchronized Duration queued() {
        return Duration.ofNanos(Math.max(0, startedAt - createdAt));
    }

    /**
     * The deadline that has passed.
     *
     * @param abandoned whether no client reads its events any more
     * @return null while none has
     */
    synchronized @Nullable StopCause overdue(long now, boolean abandoned) {
        if (!isOpen()) {
            return null;
        }
        if (phase == Phase.QUEUED) {
            return isPast(rules.patience(), createdAt, now) ? StopCause.FAILED : null;
        }
        if (isPast(rules.lifetime(), startedAt, now)) {
            return StopCause.LIFETIME;
        }
        if (phase == Phase.AWAITING_INPUT && isPast(rules.idle(), awaitingSince, now)) {
            return StopCause.IDLE;
        }
        return abandoned ? StopCause.LOST : null;
    }

    /** Whether its end has been there to read for long enough. */
    synchronized boolean isExpired(long now) {
        return phase == Phase.ENDED && isPast(rules.kept(), endedAt, now);
    }

    private static boolean isPast(Duration limit, long since, long now) {
        return now - since > limit.toNanos();
    }
}
