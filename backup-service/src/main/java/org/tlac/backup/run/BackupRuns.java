package org.tlac.backup.run;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.backup.catalogue.Backup;
import org.tlac.backup.catalogue.BackupCatalogue;
import org.tlac.backup.dump.BackupFailure;
import org.tlac.backup.dump.BackupFolder;
import org.tlac.backup.dump.Manifest;
import org.tlac.backup.dump.PgPrograms;
import org.tlac.backup.dump.PgServer;
import org.tlac.backup.dump.Programs;
import org.tlac.backup.proof.Proof;
import org.tlac.backup.proof.RestoreProof;
import org.tlac.backup.retention.Retention;
import org.tlac.platform.db.AuditEntry;
import org.tlac.platform.http.ApiError;

/** Jobs in the background, one at a time over all replicas: taking a backup, proving one once more. */
public final class BackupRuns implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BackupRuns.class);
    /** A job that is over shows so a moment before it gives the lock back. */
    private static final Duration LOCK_PATIENCE = Duration.ofSeconds(1);

    private static final Duration STOP_GRACE = Duration.ofSeconds(20);

    private final BackupLock lock;
    private final BackupCatalogue catalogue;
    private final BackupFolder folder;
    private final BackupMaker maker;
    private final RestoreProof proof;
    private final Recovery recovery;
    private final Retention retention;
    private final Programs programs;
    private final PgPrograms pgPrograms;
    private final RunOutcomes outcomes;
    private final InstantSource clock;
    private final ExecutorService jobs = Executors.newVirtualThreadPerTaskExecutor();

    /** What jobs work with. */
    public record Parts(
            BackupCatalogue catalogue,
            BackupFolder folder,
            BackupMaker maker,
            RestoreProof proof,
            Recovery recovery,
            Programs programs,
            PgPrograms pgPrograms) {}

    public BackupRuns(PgServer server, Parts parts, Retention retention, RunOutcomes outcomes, InstantSource clock) {
        this.lock = new BackupLock(server);
        this.catalogue = parts.catalogue();
        this.folder = parts.folder();
        this.maker = parts.maker();
        this.proof = parts.proof();
        this.recovery = parts.recovery();
        this.programs = parts.programs();
        this.pgPrograms = parts.pgPrograms();
        this.retention = retention;
        this.outcomes = outcomes;
        this.clock = clock;
    }

    /**
     * Begins a backup.
     *
     * @param entry what to write to the audit log
     * @return the backup as it runs; empty when another job runs, here or on another replica
     */
    public Optional<Backup> take(AuditEntry entry) {
        return locked(held -> {
            Instant now = clock.instant();
            long expected = catalogue.newestGood().map(Backup::bytes).orElse(0L);
            Backup backup = catalogue.begin(BackupFolder.name(now), now, entry);
            return new Job(backup, () -> makeNow(backup, expected, held));
        });
    }

    /**
     * Begins to prove a backup once more.
     *
     * @return the backup as it is being proven; empty when another job runs
     */
    public Optional<Backup> verify(Backup wanted, AuditEntry entry) {
        return locked(held -> {
            catalogue.beginVerification(wanted.id(), clock.instant(), entry);
            Backup backup = catalogue.find(wanted.id()).orElseThrow(ApiError::notFound);
            return new Job(backup, () -> proveNow(backup));
        });
    }

    /** Says what is wrong with pg_dump or pg_restore, if anything is. @throws BackupFailure then */
    void requirePrograms() {
        pgPrograms.requireUsable();
    }

    /** Tidies up after a process that died in the middle of a job, if one did and nobody is at work now. */
    public void recoverIfNeeded() {
        if (catalogue.atWork()) {
            recover();
        }
    }

    /** The same, without knowing of any. */
    public void recover() {
        lock.acquire(Duration.ZERO).ifPresent(held -> {
            try (held) {
                recovery.run();
            } catch (BackupFailure e) {
                LOG.warn("Could not tidy up: {}", e.sentence(), e);
                outcomes.failed(RunOutcomes.Job.RECOVERY);
            }
        });
    }

    /** Ends the job that runs, if one does: its programs are killed, its leftovers removed, its failure noted. */
    @Override
    public void close() {
        programs.close();
        jobs.shutdown();
        try {
            if (!jobs.awaitTermination(STOP_GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("A job did not end in time; the next start will tidy up after it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Job(Backup backup, Runnable work) {}

    private interface Preparation {
        Job prepare(BackupLock.Held held);
    }

    /** Gets the lock, tidies up, prepares a job and starts it; the job gives the lock back. */
    private Optional<Backup> locked(Preparation preparation) {
        Optional<BackupLock.Held> held = lock.acquire(LOCK_PATIENCE);
        if (held.isEmpty()) {
            return Optional.empty();
        }
        try {
            recovery.run();
            Job job = preparation.prepare(held.get());
            jobs.execute(() -> {
                try (BackupLock.Held ours = held.get()) {
                    job.work().run();
                    ours.requireHeld();
                } catch (RuntimeException e) {
                    LOG.error(
                            "Backup {}: what became of it could not be noted",
                            job.backup().id(),
                            e);
                }
            });
            return Optional.of(job.backup());
        } catch (RuntimeException e) {
            held.get().close();
            throw e;
        }
    }

    private void makeNow(Backup backup, long expectedBytes, BackupLock.Held held) {
        long began = System.nanoTime();
        Manifest manifest;
        try {
            manifest = maker.make(backup, expectedBytes, held);
        } catch (RuntimeException e) {
            LOG.error("Backup {} failed", backup.id(), e);
            outcomes.notTaken();
            outcomes.failed(RunOutcomes.Job.BACKUP);
            catalogue.failed(backup.id(), sentence(e), clock.instant());
            return;
        }
        // From here on the backup is whole: if this cannot be noted now, recovery will find it and note it.
        catalogue.succeeded(backup.id(), manifest, clock.instant());
        outcomes.taken(Duration.ofNanos(System.nanoTime() - began));
        LOG.info("Backup {} taken and proven", backup.id());
        removeExpired();
    }

    private void removeExpired() {
        try {
            recovery.remove(retention.expired(catalogue.all(), clock.instant()));
        } catch (IOException | RuntimeException e) {
            LOG.warn("Old backups could not be removed", e);
            outcomes.failed(RunOutcomes.Job.RETENTION);
        }
    }

    private void proveNow(Backup backup) {
        try {
            switch (proof.of(folder.path(backup.folder()))) {
                case Proof.Agrees agrees -> {
                    outcomes.compared(true);
                    catalogue.proven(backup.id(), clock.instant());
                }
                case Proof.Disagrees disagrees -> {
                    LOG.error("Backup {}: {}", backup.id(), disagrees.sentence());
                    outcomes.compared(false);
                    outcomes.failed(RunOutcomes.Job.VERIFY);
                    catalogue.disproved(backup.id(), disagrees.sentence());
                }
            }
        } catch (RuntimeException e) {
            LOG.error("Backup {} could not be proven", backup.id(), e);
            outcomes.failed(RunOutcomes.Job.VERIFY);
            catalogue.notTried(backup.id(), sentence(e));
        }
    }

    /** What an admin may read of a failure: our own sentences, nothing of the code's. */
    private static String sentence(RuntimeException failure) {
        return failure instanceof BackupFailure ours
                ? ours.sentence()
                : "Something went wrong; the log of backup-service says what.";
    }
}
