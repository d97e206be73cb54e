package org.tlac.backup;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.backup.catalogue.Backup;
import org.tlac.backup.catalogue.BackupCatalogue;
import org.tlac.backup.run.RunOutcomes;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Counter;
import org.tlac.platform.metrics.Histogram;
import org.tlac.platform.metrics.Metrics;

/**
 * The metrics of backups. What happened here is counted here; what is known of backups comes from the catalogue, so that every replica says
 * the same, also just after it started.
 */
final class BackupMetrics implements RunOutcomes {

    private static final Logger LOG = LoggerFactory.getLogger(BackupMetrics.class);
    private static final long REMEMBER_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final String SUCCESS = "success";
    private static final String FAILED = "failed";
    private static final String BACKGROUND = "background";

    private final Counter runs;
    private final Counter verified;
    private final Counter errors;
    private final Histogram duration;

    BackupMetrics(Metrics metrics) {
        runs = metrics.counter(Catalogue.BACKUP_RUNS);
        verified = metrics.counter(Catalogue.BACKUP_VERIFIED);
        errors = metrics.counter(Catalogue.ERRORS);
        duration = metrics.histogram(Catalogue.BACKUP_DURATION);
        for (Job job : Job.values()) {
            errors.add(0, BACKGROUND, job.id());
        }
    }

    /** Adds the gauges that the catalogue answers. */
    void watch(Metrics metrics, BackupCatalogue catalogue) {
        NewestGood newest = new NewestGood(catalogue);
        metrics.gauge(Catalogue.BACKUP_LAST_SUCCESS, () -> newest.value(BackupMetrics::finishedAt));
        metrics.gauge(Catalogue.BACKUP_SIZE, () -> newest.value(backup -> orZero(backup.databaseBytes())), "database");
        metrics.gauge(Catalogue.BACKUP_SIZE, () -> newest.value(backup -> orZero(backup.dataBytes())), "data");
    }

    @Override
    public void taken(Duration elapsed) {
        runs.increment(SUCCESS);
        duration.observe(elapsed);
    }

    @Override
    public void notTaken() {
        runs.increment(FAILED);
    }

    @Override
    public void compared(boolean agrees) {
        verified.increment(agrees ? SUCCESS : FAILED);
    }

    @Override
    public void failed(Job job) {
        errors.increment(BACKGROUND, job.id());
    }

    private static double finishedAt(Backup backup) {
        return backup.finishedAt() == null ? 0 : backup.finishedAt().getEpochSecond();
    }

    private static double orZero(@org.jspecify.annotations.Nullable Long value) {
        return value == null ? 0 : value;
    }

    /** The newest proven backup, asked for every few seconds at most; while the database is away, the last one known. */
    private static final class NewestGood {

        private final BackupCatalogue catalogue;
        private Optional<Backup> known = Optional.empty();
        private long askAgain = System.nanoTime();

        NewestGood(BackupCatalogue catalogue) {
            this.catalogue = catalogue;
        }

        synchronized double value(ToDoubleFunction<Backup> what) {
            if (System.nanoTime() - askAgain >= 0) {
                askAgain = System.nanoTime() + REMEMBER_NANOS;
                try {
                    known = catalogue.newestGood();
                } catch (RuntimeException e) {
                    // A scrape must not fail; readiness and tlac_db_errors_total tell of the database.
                    LOG.debug("The newest backup cannot be asked for", e);
                }
            }
            return known.map(what::applyAsDouble).orElse(0.0);
        }
    }
}
