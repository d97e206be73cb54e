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
import org.tlac.runner.interactive.InteractiveRun.Cause;
import org.tlac.runner.run.RunnerMetrics;
import org.tlac.runner.sandbox.Outcome;
import org.tlac.runner.sandbox.PythonProgram;
import org.tlac.runner.sandbox.SlotsOnDemand;

/** The sessions of this replica: one of each user, a bounded number in all, each with its time. */
public final class InteractiveRuns implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(InteractiveRuns.class);
    private static final Duration PACE = Duration.ofMillis(100);

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

    /** Begins to look after them. */
    public void start() {
        slots.start();
        Thread.ofPlatform().name("sessions").daemon().start(this::watch);
    }

    /** Starts a program, in place of the one that this user may have. @return empty when there is no room */
    Optional<InteractiveRun> start(String replica, long userId, PythonProgram program) throws InterruptedException {
        InteractiveRun before = latestOf(userId);
        if (before != null) {
            before.stop(Cause.REPLACED);
            withdraw(before, Cause.REPLACED);
            before.awaitEnd(END_PATIENCE);
        }
        InteractiveRun session = new InteractiveRun(
                InteractiveRunId.next(replica), userId, program, rules, outputCharacters, this::ended);
        synchronized (this) {
            if (stopping || running.size() >= rules.most() || isRunning(userId)) {
                return Optional.empty();
            }
            running.add(session);
            known.put(session.id(), session);
            InteractiveRun forgotten = latest.put(userId, session);
            if (forgotten != null) {
                known.remove(forgotten.id());
            }
        }
        slots.submit(session);
        return Optional.of(session);
    }

    private boolean isRunning(long userId) {
        return running.stream().anyMatch(session -> session.userId() == userId);
    }

    private synchronized @Nullable InteractiveRun latestOf(long userId) {
        return latest.get(userId);
    }

    /** Someone's session; empty when there is none of that name, or it is somebody else's. */
    synchronized Optional<InteractiveRun> find(String id, long userId) {
        return Optional.ofNullable(known.get(id)).filter(session -> session.userId() == userId);
    }

    /** Interactive runs whose programs have not ended. */
    public synchronized int running() {
        return running.size();
    }

    void stop(InteractiveRun session, Cause why) {
        session.stop(why);
        withdraw(session, why);
    }

    /** One that no slot has begun ends without having run. */
    private void withdraw(InteractiveRun session, Cause why) {
        if (slots.withdraw(session)) {
            session.never(why);
        }
    }

    private void ended(InteractiveRun session, @Nullable Outcome outcome) {
        synchronized (this) {
            running.remove(session);
        }
        if (outcome != null) {
            metrics.ran(outcome, session.waited());
        }
    }

    private synchronized List<InteractiveRun> all() {
        return List.copyOf(known.values());
    }

    private void watch() {
        try {
            while (!closed.await(PACE.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            long now = System.nanoTime();
            for (InteractiveRun session : all()) {
                Cause why = session.overdue(now);
                if (why != null) {
                    stop(session, why);
                }
                if (session.isForgotten(now)) {
                    forget(session);
                }
            }
        } catch (RuntimeException e) {
            LOG.error("The look after sessions failed", e);
        }
    }

    private synchronized void forget(InteractiveRun session) {
        known.remove(session.id());
        latest.remove(session.userId(), session);
    }

    /** Ends every program and tells its reader why; none starts any more. */
    public void endAll() {
        List<InteractiveRun> open;
        synchronized (this) {
            stopping = true;
            open = List.copyOf(running);
        }
        open.forEach(session -> stop(session, Cause.SHUTDOWN));
        try {
            for (InteractiveRun session : open) {
                session.awaitEnd(END_PATIENCE);
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
