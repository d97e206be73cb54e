package org.tlac.runner.interactive;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.runner.run.RunnerMetrics;
import org.tlac.runner.sandbox.Outcome;
import org.tlac.runner.sandbox.PythonProgram;
import org.tlac.runner.sandbox.SlotsOnDemand;

/** The interactive runs of this replica: one of each user, a bounded number in all. A watchdog thread enforces their deadlines. */
public final class InteractiveRuns implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(InteractiveRuns.class);
    private static final Duration WATCHDOG_INTERVAL = Duration.ofMillis(100);

    /** How long the end of a program that is stopped may take; the sandbox keeps to less. */
    private static final Duration END_PATIENCE = Duration.ofSeconds(3);

    private final InteractiveRules rules;
    private final int outputCharacters;
    private final SlotsOnDemand slots;
    private final RunnerMetrics metrics;
    private final Map<String, InteractiveRun> known = new HashMap<>();
    private final Map<Long, InteractiveRun> latest = new HashMap<>();
    private final Set<InteractiveRun> running = new HashSet<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean stopping;

    public InteractiveRuns(InteractiveRules rules, int outputCharacters, SlotsOnDemand slots, RunnerMetrics metrics) {
        this.rules = rules;
        this.outputCharacters = outputCharacters;
        this.slots = slots;
        this.metrics = metrics;
    }

    /** Starts the slots that are always there, and the watchdog. */
    public void start() {
        slots.start();
        Thread.ofPlatform().name("interactive-runs").daemon().start(this::watch);
    }

    /** Starts a program, in place of the one that this user may have. @return empty when there is no room */
    Optional<InteractiveRun> start(String replica, long userId, PythonProgram program) throws InterruptedException {
        InteractiveRun before = latestOf(userId);
        if (before != null) {
            stop(before, StopCause.REPLACED);
            before.awaitEnd(END_PATIENCE);
        }
        InteractiveRun run = new InteractiveRun(
                InteractiveRunId.next(replica), userId, program, rules, outputCharacters, this::ended);
        synchronized (this) {
            if (stopping || running.size() >= rules.most() || isRunning(userId)) {
                return Optional.empty();
            }
            running.add(run);
            known.put(run.id(), run);
            InteractiveRun forgotten = latest.put(userId, run);
            if (forgotten != null) {
                known.remove(forgotten.id());
            }
        }
        slots.submit(run);
        return Optional.of(run);
    }

    private boolean isRunning(long userId) {
        return running.stream().anyMatch(run -> run.userId() == userId);
    }

    private synchronized @Nullable InteractiveRun latestOf(long userId) {
        return latest.get(userId);
    }

    /** A user's run; empty when there is none of that name, or it is somebody else's. */
    synchronized Optional<InteractiveRun> find(String id, long userId) {
        return Optional.ofNullable(known.get(id)).filter(run -> run.userId() == userId);
    }

    /** Interactive runs whose programs have not ended. */
    public synchronized int running() {
        return running.size();
    }

    /** One that no slot has begun ends without having run. */
    void stop(InteractiveRun run, StopCause cause) {
        run.state().stop(cause);
        if (slots.withdraw(run)) {
            run.endWithoutOutcome(cause);
        }
    }

    private void ended(InteractiveRun run, @Nullable Outcome outcome) {
        synchronized (this) {
            running.remove(run);
        }
        if (outcome != null) {
            metrics.ran(outcome, run.state().queued());
        }
    }

    private synchronized List<InteractiveRun> all() {
        return List.copyOf(known.values());
    }

    private void watch() {
        try {
            while (!closed.await(WATCHDOG_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                enforceDeadlines();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void enforceDeadlines() {
        try {
            long now = System.nanoTime();
            for (InteractiveRun run : all()) {
                StopCause cause = run.overdue(now);
                if (cause != null) {
                    stop(run, cause);
                }
                if (run.state().isExpired(now)) {
                    forget(run);
                }
            }
        } catch (RuntimeException e) {
            LOG.error("The watchdog of interactive runs failed", e);
        }
    }

    private synchronized void forget(InteractiveRun run) {
        known.remove(run.id());
        latest.remove(run.userId(), run);
    }

    /** Ends every program and gives the cause as its last event; none starts any more. */
    public void endAll() {
        List<InteractiveRun> open;
        synchronized (this) {
            stopping = true;
            open = List.copyOf(running);
        }
        open.forEach(run -> stop(run, StopCause.SHUTDOWN));
        try {
            for (InteractiveRun run : open) {
                run.awaitEnd(END_PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        endAll();
        closed.countDown();
        slots.close();
    }
}
