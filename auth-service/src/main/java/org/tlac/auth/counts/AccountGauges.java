package org.tlac.auth.counts;

import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.auth.counts.AccountCounts.Gauges;
import org.tlac.platform.db.Database;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Metrics;

/** Gauges that the database answers: every replica says the same. One query serves all of them, and is asked every few seconds at most. */
public final class AccountGauges {

    static final long REMEMBER_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final Logger LOG = LoggerFactory.getLogger(AccountGauges.class);

    private final Supplier<Gauges> counted;
    private final BooleanSupplier open;
    private final LongSupplier nanoTime;
    private final ReentrantLock asking = new ReentrantLock();
    private Gauges known = Gauges.NONE;
    private long askAgain;

    /** @param open whether there is still somebody to ask; a scrape of a service that has stopped is no error of the database */
    AccountGauges(Supplier<Gauges> counted, BooleanSupplier open, LongSupplier nanoTime) {
        this.counted = counted;
        this.open = open;
        this.nanoTime = nanoTime;
        this.askAgain = nanoTime.getAsLong();
    }

    public static void register(Metrics metrics, Database database, InstantSource clock) {
        AccountCounts counts = new AccountCounts();
        AccountGauges gauges =
                new AccountGauges(() -> counts.gauges(database, clock.instant()), database::isOpen, System::nanoTime);
        metrics.gauge(Catalogue.SESSIONS_ACTIVE, () -> gauges.value(Gauges::sessions));
        metrics.gauge(Catalogue.USERS_ACTIVE, () -> gauges.value(Gauges::day), "1d");
        metrics.gauge(Catalogue.USERS_ACTIVE, () -> gauges.value(Gauges::week), "7d");
        metrics.gauge(Catalogue.USERS_ACTIVE, () -> gauges.value(Gauges::month), "30d");
    }

    double value(ToLongFunction<Gauges> which) {
        asking.lock();
        try {
            if (nanoTime.getAsLong() - askAgain >= 0) {
                ask();
                // After the answer: one that takes long is not asked for again by the next gauge of the same scrape.
                askAgain = nanoTime.getAsLong() + REMEMBER_NANOS;
            }
            return which.applyAsLong(known);
        } finally {
            asking.unlock();
        }
    }

    private void ask() {
        if (!open.getAsBoolean()) {
            return;
        }
        try {
            known = counted.get();
        } catch (RuntimeException e) {
            // A scrape must not fail, and the last numbers known are better than none; tlac_db_errors_total tells of
            // it.
            LOG.warn("Accounts cannot be counted: {}", e.getMessage());
        }
    }
}
