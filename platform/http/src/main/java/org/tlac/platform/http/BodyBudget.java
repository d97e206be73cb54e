package org.tlac.platform.http;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The memory that request bodies may take at once. Connections are many and bodies may be large: without this, one pupil with a hundred
 * uploads ends a service of little memory. One holder gets a quarter at most, so that a single one cannot make the others wait, and all who
 * are not signed in get half together.
 */
final class BodyBudget {

    /** Bytes of memory for each byte of a body: the buffer it is read into, and what the one it is passed on from takes. */
    static final int RAW_FACTOR = 3;

    /** As a tree, {@code [{},{},{}]} takes about thirty times its length. */
    static final int JSON_FACTOR = 32;

    /** How the names of holders begin who are not signed in. */
    static final String ANONYMOUS = "address ";

    private static final int SHARES = 4;

    private final long total;
    private final long each;
    private final Duration patience;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition given = lock.newCondition();
    private final Map<String, Long> held = new HashMap<>();
    private long taken;
    private long anonymous;

    /**
     * @param bytes of memory for all bodies; one of the greatest length always fits, whatever this says
     * @param parsed whether bodies are read as JSON here, not only passed on
     * @param patience how long a call waits for others to finish before it is refused
     */
    BodyBudget(long bytes, int maxBodyBytes, boolean parsed, Duration patience) {
        long need = (long) (RAW_FACTOR + (parsed ? JSON_FACTOR : 0)) * maxBodyBytes;
        this.total = Math.max(bytes, need);
        this.each = Math.max(total / SHARES, need);
        this.patience = patience;
    }

    /** What a call holds; {@link #close} gives it back. */
    final class Share implements AutoCloseable {

        private final String holder;
        private long bytes;

        private Share(String holder) {
            this.holder = holder;
        }

        /** Takes so much more. @throws ApiError 503 when others hold it for too long */
        void take(long more) {
            lock.lock();
            try {
                long left = patience.toNanos();
                while (full(more)) {
                    if (left <= 0) {
                        throw ApiError.busy(
                                "Too much is being sent at once. Please try again shortly.", Duration.ofSeconds(1));
                    }
                    left = given.awaitNanos(left);
                }
                account(more);
                held.merge(holder, more, Long::sum);
                bytes += more;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw ApiError.busy("The service is stopping.", Duration.ofSeconds(1));
            } finally {
                lock.unlock();
            }
        }

        private boolean full(long more) {
            return taken + more > total
                    || held.getOrDefault(holder, 0L) + more > each
                    || (unknown() && anonymous + more > Math.max(total / 2, each));
        }

        private boolean unknown() {
            return holder.startsWith(ANONYMOUS);
        }

        private void account(long more) {
            taken += more;
            anonymous += unknown() ? more : 0;
        }

        @Override
        public void close() {
            if (bytes == 0) {
                return;
            }
            lock.lock();
            try {
                account(-bytes);
                held.computeIfPresent(holder, (who, all) -> all == bytes ? null : Long.valueOf(all - bytes));
                bytes = 0;
                given.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** A share of nothing yet, on behalf of a user, or of all those together who are not signed in. */
    Share share(String holder) {
        return new Share(holder);
    }

    /** Bytes held now. */
    long taken() {
        lock.lock();
        try {
            return taken;
        } finally {
            lock.unlock();
        }
    }
}
