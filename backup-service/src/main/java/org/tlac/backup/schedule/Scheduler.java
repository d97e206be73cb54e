package org.tlac.backup.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.backup.catalogue.Backup;
import org.tlac.backup.catalogue.BackupCatalogue;
import org.tlac.backup.run.BackupRuns;
import org.tlac.backup.run.RunOutcomes;
import org.tlac.platform.db.AuditEntry;

/**
 * Looks once a minute whether a backup is due and whether one was left behind by a process that died. Every replica does; the catalogue and
 * the lock see to it that one of them acts.
 */
public final class Scheduler implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);
    private static final AuditEntry BY_SCHEDULE =
            new AuditEntry("backup_create", null, null, null, null, Map.of(), "", "schedule");
    private static final Duration EVERY = Duration.ofMinutes(1);

    private final Optional<DailySchedule> schedule;
    private final BackupRuns runs;
    private final BackupCatalogue catalogue;
    private final RunOutcomes outcomes;
    private final InstantSource clock;
    private final Instant startedAt;
    /** Only the ticker looks at it. */
    private boolean tidied;

    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("schedule").daemon().factory());

    /** @param schedule empty when backups are only taken by hand */
    public Scheduler(
            Optional<DailySchedule> schedule,
            BackupRuns runs,
            BackupCatalogue catalogue,
            RunOutcomes outcomes,
            InstantSource clock) {
        this.schedule = schedule;
        this.runs = runs;
        this.catalogue = catalogue;
        this.outcomes = outcomes;
        this.clock = clock;
        this.startedAt = clock.instant();
    }

    /** Begins to look, the first time at once. */
    public Scheduler start() {
        var unused = ticker.scheduleWithFixedDelay(this::tickSafely, 0, EVERY.toSeconds(), TimeUnit.SECONDS);
        return this;
    }

    @Override
    public void close() {
        ticker.shutdownNow();
    }

    private void tickSafely() {
        try {
            if (tidied) {
                runs.recoverIfNeeded();
            } else {
                runs.recover();
                tidied = true;
            }
            tick();
        } catch (RuntimeException e) {
            // Thrown on, it would end the ticker for good.
            LOG.warn("The schedule could not be looked at", e);
            outcomes.failed(RunOutcomes.Job.SCHEDULE);
        }
    }

    /** Takes a backup when one is due. */
    void tick() {
        if (schedule.isEmpty()) {
            return;
        }
        Instant lastGood = catalogue.newestGood().map(Backup::startedAt).orElse(startedAt);
        Instant lastAttempt =
                catalogue.newest(1).stream().map(Backup::startedAt).findFirst().orElse(startedAt);
        if (schedule.get().due(lastGood, lastAttempt, clock.instant())) {
            LOG.info("A backup is due");
            runs.take(BY_SCHEDULE);
        }
    }
}
