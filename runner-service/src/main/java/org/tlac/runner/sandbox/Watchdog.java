package org.tlac.runner.sandbox;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends from outside what does not end by itself: a zygote that does not answer in time, a program whose processes take too much together. */
final class Watchdog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

    /** Often enough that two cores cannot fill much memory in between; most programs end before the first look. */
    private static final Duration PACE = Duration.ofMillis(25);

    /** Of so many looks one is taken at a program that does nothing but wait: there may be many of those. */
    private static final int RELAXED = 4;

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("sandbox-watch").daemon().factory());

    /**
     * What a program and all that it starts may take together.
     *
     * @param each what every process has from the start, shared with the zygote; it does not count
     * @param folder what it may write, where the kernel sets no limit to that
     */
    record Allowance(long bytes, long each, BooleanSupplier folder) {

        /** Nothing is measured. */
        static final Allowance UNLIMITED = new Allowance(Long.MAX_VALUE, 0, () -> true);

        boolean isExceeded(Process process) {
            return Processes.memory(process.pid()).values().stream()
                            .mapToLong(taken -> Math.max(0, taken - each))
                            .sum()
                    > bytes;
        }
    }

    /** Why a process was ended. */
    enum Reason {
        OVERDUE(Outcome.End.TIMEOUT),
        MEMORY(Outcome.End.MEMORY),
        SPACE(Outcome.End.SPACE);

        private final Outcome.End end;

        Reason(Outcome.End end) {
            this.end = end;
        }

        /** How a program that was ended for it did end. */
        Outcome.End end() {
            return end;
        }
    }

    /** One look-out; closing it ends it. */
    static final class Watched implements AutoCloseable {

        private final Process process;
        private final Allowance allowance;
        private volatile long deadline;
        private volatile boolean relaxed;
        private long looks;
        private volatile @Nullable Reason reason;
        private volatile @Nullable Future<?> ticks;

        private Watched(Process process, Duration patience, Allowance allowance) {
            this.process = process;
            this.deadline = System.nanoTime() + patience.toNanos();
            this.allowance = allowance;
        }

        /** From now on another deadline. */
        void due(Duration patience) {
            deadline = System.nanoTime() + patience.toNanos();
        }

        /** Whether to look less often. */
        void relax(boolean waiting) {
            relaxed = waiting;
        }

        private void tick() {
            looks++;
            if (relaxed && looks % RELAXED != 0) {
                return;
            }
            try {
                if (System.nanoTime() - deadline > 0) {
                    end(Reason.OVERDUE);
                } else if (allowance.isExceeded(process)) {
                    end(Reason.MEMORY);
                } else if (!allowance.folder().getAsBoolean()) {
                    end(Reason.SPACE);
                }
            } catch (RuntimeException e) {
                LOG.error("The look-out over a sandbox failed: it is ended", e);
                end(Reason.OVERDUE);
            }
        }

        private void end(Reason why) {
            if (reason == null) {
                reason = why;
                process.destroyForcibly();
            }
        }

        /** Why the process was ended; null when it was not. */
        @Nullable
        Reason reason() {
            return reason;
        }

        @Override
        public void close() {
            Future<?> running = ticks;
            if (running != null) {
                running.cancel(false);
            }
        }
    }

    Watched over(Process process, Duration patience, Allowance allowance) {
        Watched watched = new Watched(process, patience, allowance);
        watched.ticks =
                clock.scheduleWithFixedDelay(watched::tick, PACE.toMillis(), PACE.toMillis(), TimeUnit.MILLISECONDS);
        return watched;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
