package org.tlac.runner.sandbox;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A pool of slots that grows on demand and shrinks when slots are idle. Interactive programs hold a slot for long, so they must not take
 * those of runs.
 */
public final class SlotsOnDemand implements AutoCloseable {

    private final int warm;
    private final int most;
    private final Duration linger;
    private final Maker maker;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Work> waiting = new ArrayDeque<>();
    private final Map<SlotSource, Slot> slots = new HashMap<>();
    private int started;
    private int busy;
    private boolean closed;

    /** Makes a slot that gets its work there. */
    interface Maker {
        Slot make(int number, Work.Source source);
    }

    SlotsOnDemand(int warm, int most, Duration linger, Maker maker) {
        this.warm = warm;
        this.most = most;
        this.linger = linger;
        this.maker = maker;
    }

    /** Starts the slots that are always there. */
    public void start() {
        lock.lock();
        try {
            while (slots.size() < warm) {
                grow();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Runs it in a slot of its own as soon as there is one; whoever gives more than the most has work that waits. */
    public void submit(Work work) {
        lock.lock();
        try {
            waiting.add(work);
            if (waiting.size() > slots.size() - busy && slots.size() < most && !closed) {
                grow();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes back what no slot has begun. @return whether it was still waiting; then neither of its callbacks is called */
    public boolean withdraw(Work work) {
        lock.lock();
        try {
            return waiting.remove(work);
        } finally {
            lock.unlock();
        }
    }

    /** Slots there are, busy or not. */
    public int size() {
        lock.lock();
        try {
            return slots.size();
        } finally {
            lock.unlock();
        }
    }

    private void grow() {
        SlotSource source = new SlotSource();
        Slot slot = maker.make(started++, source);
        slots.put(source, slot);
        slot.start();
    }

    /** Where one slot gets its work. */
    private final class SlotSource implements Work.Source {

        private long idleSince;
        private boolean working;
        private boolean asked;
        private boolean retired;

        @Override
        public @Nullable Work take(Duration patience) throws InterruptedException {
            long left = patience.toNanos();
            lock.lockInterruptibly();
            try {
                rest();
                while (waiting.isEmpty()) {
                    if (slots.size() > warm && System.nanoTime() - idleSince > linger.toNanos()) {
                        slots.remove(this);
                        retired = true;
                        return null;
                    }
                    if (left <= 0) {
                        return null;
                    }
                    left = changed.awaitNanos(Math.min(left, linger.toNanos()));
                }
                working = true;
                busy++;
                return waiting.remove();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public boolean isRetired() {
            lock.lock();
            try {
                return retired;
            } finally {
                lock.unlock();
            }
        }

        /** The slot is idle from now on, or still. */
        private void rest() {
            if (working || !asked) {
                idleSince = System.nanoTime();
            }
            if (working) {
                busy--;
            }
            working = false;
            asked = true;
        }
    }

    /** Ends every slot and what runs in it; what waits is never run. */
    @Override
    public void close() {
        List<Slot> open;
        lock.lock();
        try {
            closed = true;
            waiting.clear();
            open = List.copyOf(slots.values());
            slots.clear();
        } finally {
            lock.unlock();
        }
        open.forEach(Slot::close);
    }
}
