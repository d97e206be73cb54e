package org.tlac.platform.db;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A fixed number of places, given strictly in the order in which they were asked for. Unlike at a semaphore, whoever waits can look around
 * now and then without losing its place. Those who wait are requests being answered: the server's bound on connections bounds them.
 */
final class Turns {

    private final Deque<Turn> waiting = new ArrayDeque<>();
    private int free;

    Turns(int places) {
        free = places;
    }

    /** Takes a place, or the end of the queue; either is given back by closing the turn. */
    synchronized Turn ask() {
        Turn turn = new Turn();
        if (free > 0) {
            free--;
            turn.granted.countDown();
        } else {
            waiting.add(turn);
        }
        return turn;
    }

    /** How many wait for a place. */
    synchronized int waiting() {
        return waiting.size();
    }

    private synchronized void end(Turn turn) {
        if (turn.over) {
            return;
        }
        turn.over = true;
        if (waiting.remove(turn)) {
            return;
        }
        Turn next = waiting.poll();
        if (next == null) {
            free++;
        } else {
            next.granted.countDown();
        }
    }

    /** A place, once it is granted. */
    final class Turn implements AutoCloseable {

        private final CountDownLatch granted = new CountDownLatch(1);
        private boolean over;

        private Turn() {}

        /** Whether it was granted within that time; if not, it keeps its place in the queue. */
        boolean await(Duration patience) throws InterruptedException {
            return granted.await(patience.toNanos(), TimeUnit.NANOSECONDS);
        }

        @Override
        public void close() {
            end(this);
        }
    }
}
