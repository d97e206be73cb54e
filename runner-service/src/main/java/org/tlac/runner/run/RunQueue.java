package org.tlac.runner.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.tlac.runner.sandbox.Outcome;
import org.tlac.runner.sandbox.PythonProgram;
import org.tlac.runner.sandbox.SandboxException;
import org.tlac.runner.sandbox.Work;

/**
 * The bounded, fair queue before the slots: first in, first out, with one program running and one waiting for each user at most, so that
 * one user cannot delay a class. What exceeds a bound is refused at once.
 */
public final class RunQueue implements Work.Source {

    /** One may run and one may wait. */
    static final int PROGRAMS_OF_A_USER = 2;

    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Ticket> waiting = new ArrayList<>();
    private final Set<Long> running = new HashSet<>();
    private final Map<Long, Integer> programs = new HashMap<>();
    private int takers;
    private boolean closing;
    private long closesAt;

    /** The queue's answer to a program that enters. */
    public sealed interface Admission {

        /** It waits or runs. */
        record Accepted(Ticket ticket) implements Admission {}

        /** This user has a program running and one waiting already. */
        record TooManyOfUser() implements Admission {}

        /** All slots are busy and the queue is full, or it closes. */
        record Full() implements Admission {}
    }

    /** @param capacity programs that may wait for a slot, of all users */
    public RunQueue(int capacity) {
        this.capacity = capacity;
    }

    public Admission enter(long userId, PythonProgram program) {
        lock.lock();
        try {
            if (programsOf(userId) >= PROGRAMS_OF_A_USER) {
                return new Admission.TooManyOfUser();
            }
            // Each idle slot takes one more at once.
            if (closing || waiting.size() >= capacity + takers) {
                return new Admission.Full();
            }
            Ticket ticket = new Ticket(userId, program);
            waiting.add(ticket);
            programs.merge(userId, 1, Integer::sum);
            changed.signalAll();
            return new Admission.Accepted(ticket);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Drains the queue: nothing enters any more, and what waits must begin within this time or is refused. So every request is answered
     * before the service stops.
     */
    public void close(Duration left) {
        lock.lock();
        try {
            closing = true;
            closesAt = System.nanoTime() + left.toNanos();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nanoseconds until that deadline, or until the queue has to be drained. */
    private long left(long deadline) {
        long now = System.nanoTime();
        return closing ? Math.min(deadline - now, closesAt - now) : deadline - now;
    }

    /** The first that waits and whose user has none running. */
    @Override
    public @Nullable Work take(Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lockInterruptibly();
        takers++;
        try {
            while (true) {
                Optional<Ticket> next = waiting.stream()
                        .filter(ticket -> !running.contains(ticket.userId))
                        .findFirst();
                if (next.isPresent()) {
                    next.get().start();
                    return next.get();
                }
                if (left <= 0) {
                    return null;
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            takers--;
            lock.unlock();
        }
    }

    int capacity() {
        return capacity;
    }

    /** Programs that wait. */
    public int depth() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The queue as one user sees it.
     *
     * @param depth programs that wait, everybody's
     * @param position of this user's program among them, 1 for the next; null when none waits
     * @param running whether one of this user's runs
     */
    record Status(int depth, @Nullable Integer position, boolean running) {}

    Status status(long userId) {
        lock.lock();
        try {
            Integer position = null;
            for (int i = 0; i < waiting.size() && position == null; i++) {
                position = waiting.get(i).userId == userId ? i + 1 : null;
            }
            return new Status(waiting.size(), position, running.contains(userId));
        } finally {
            lock.unlock();
        }
    }

    /** Programs of a user that wait or run. */
    int programsOf(long userId) {
        lock.lock();
        try {
            return programs.getOrDefault(userId, 0);
        } finally {
            lock.unlock();
        }
    }

    /** One program's way through the queue. */
    public final class Ticket implements Work {

        private final long userId;
        private final PythonProgram program;
        private final long entered = System.nanoTime();
        private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        private long waitedNanos;

        private Ticket(long userId, PythonProgram program) {
            this.userId = userId;
            this.program = program;
        }

        /**
         * Waits for the program's end.
         *
         * @param patience how long it may wait for a slot; running has limits of its own
         * @return how it ended; empty when no slot came free in time, and then it will not run
         * @throws SandboxException when the sandbox failed
         */
        public Optional<Outcome> await(Duration patience) throws InterruptedException {
            if (!awaitStart(patience)) {
                return Optional.empty();
            }
            try {
                return Optional.of(outcome.get());
            } catch (java.util.concurrent.ExecutionException e) {
                throw e.getCause() instanceof SandboxException failure ? failure : new IllegalStateException(e);
            }
        }

        private boolean awaitStart(Duration patience) throws InterruptedException {
            long deadline = System.nanoTime() + patience.toNanos();
            lock.lock();
            try {
                for (long left = left(deadline); waiting.contains(this) && left > 0; left = left(deadline)) {
                    changed.awaitNanos(left);
                }
                return !waiting.contains(this);
            } finally {
                // Too late, or interrupted: then it must not run.
                if (waiting.remove(this)) {
                    forgetOne(userId);
                }
                lock.unlock();
            }
        }

        private void start() {
            waiting.remove(this);
            running.add(userId);
            waitedNanos = System.nanoTime() - entered;
            changed.signalAll();
        }

        /** How long it waited for its slot; known once it ended. */
        public Duration waited() {
            return Duration.ofNanos(waitedNanos);
        }

        @Override
        public PythonProgram program() {
            return program;
        }

        @Override
        public void ended(Outcome how) {
            leave();
            outcome.complete(how);
        }

        @Override
        public void failed(SandboxException reason) {
            leave();
            outcome.completeExceptionally(reason);
        }

        private void leave() {
            lock.lock();
            try {
                running.remove(userId);
                forgetOne(userId);
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void forgetOne(long userId) {
        programs.computeIfPresent(userId, (id, count) -> count == 1 ? null : count - 1);
    }
}
