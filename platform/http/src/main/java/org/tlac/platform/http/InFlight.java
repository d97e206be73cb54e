package org.tlac.platform.http;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The calls being answered, so that a service that stops can wait for them and for nothing else. */
final class InFlight {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition none = lock.newCondition();
    private int calls;

    void enter() {
        lock.lock();
        try {
            calls++;
        } finally {
            lock.unlock();
        }
    }

    void leave() {
        lock.lock();
        try {
            calls--;
            if (calls == 0) {
                none.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns when no call is being answered, or when that takes longer than {@code patience}. */
    void awaitNone(Duration patience) throws InterruptedException {
        lock.lock();
        try {
            long left = patience.toNanos();
            while (calls > 0 && left > 0) {
                left = none.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
