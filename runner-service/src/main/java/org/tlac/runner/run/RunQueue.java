package org.tlac.runner.run;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Who runs when: first come, first served over the slots, with one program running and one waiting for each user at most, so that nobody's
 * keenness delays a class. Bounded: past that, the answer is no at once.
 */
public final class RunQueue {

    private final Semaphore slots;
    private final int slotCount;
    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, User> users = new HashMap<>();
    private int waiting;

    /** A user's programs: those here at all, and the turn of the one that may run. */
    private static final class User {
        private final Semaphore turn = new Semaphore(1, true);
        private int programs;
    }

    /** What a program meets at the queue. */
    public sealed interface Admission {

        /** It may run now; closing it gives the slot to the next. */
        record Admitted(RunQueue queue, long userId) implements Admission, AutoCloseable {
            @Override
            public void close() {
                queue.slots.release();
                queue.leave(userId);
            }
        }

        /** This user has a program running and one waiting already. */
        record TooManyOfUser() implements Admission {}

        /** All slots are busy and the queue is full, or the wait was too long. */
        record Full() implements Admission {}
    }

    /** @param capacity programs that may wait, of all users */
    public RunQueue(int slots, int capacity) {
        this.slots = new Semaphore(slots, true);
        this.slotCount = slots;
        this.capacity = capacity;
    }

    /** Waits for a slot, {@code patience} at most. */
    public Admission enter(long userId, Duration patience) throws InterruptedException {
        User user;
        lock.lock();
        try {
            user = users.computeIfAbsent(userId, id -> new User());
            if (user.programs >= 2) {
                return new Admission.TooManyOfUser();
            }
            if (waiting >= capacity && slots.availablePermits() == 0) {
                forgetIfIdle(userId, user);
                return new Admission.Full();
            }
            user.programs++;
            waiting++;
        } finally {
            lock.unlock();
        }
        return await(userId, user, patience);
    }

    private Admission await(long userId, User user, Duration patience) throws InterruptedException {
        boolean admitted = false;
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            if (user.turn.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                admitted = slots.tryAcquire(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (!admitted) {
                    user.turn.release();
                }
            }
        } finally {
            lock.lock();
            try {
                waiting--;
                if (!admitted) {
                    user.programs--;
                    forgetIfIdle(userId, user);
                }
            } finally {
                lock.unlock();
            }
        }
        return admitted ? new Admission.Admitted(this, userId) : new Admission.Full();
    }

    private void leave(long userId) {
        lock.lock();
        try {
            User user = users.get(userId);
            if (user != null) {
                user.programs--;
                user.turn.release();
                forgetIfIdle(userId, user);
            }
        } finally {
            lock.unlock();
        }
    }

    private void forgetIfIdle(long userId, User user) {
        if (user.programs == 0) {
            users.remove(userId);
        }
    }

    /** Programs that wait. */
    public int depth() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    public int slotCount() {
        return slotCount;
    }

    /** Slots with a program in them. */
    public int busy() {
        return slotCount - slots.availablePermits();
    }

    /** Users with a program here. */
    int users() {
        lock.lock();
        try {
            return users.size();
        } finally {
            lock.unlock();
        }
    }
}
