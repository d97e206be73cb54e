package org.tlac.backup.run;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.backup.catalogue.Backup;
import org.tlac.backup.catalogue.BackupCatalogue;
import org.tlac.backup.dump.BackupFailure;
import org.tlac.backup.dump.BackupFolder;
import org.tlac.backup.dump.Manifest;
import org.tlac.backup.dump.PgServer;
import org.tlac.backup.proof.RestoreProof;

/**
 * Makes catalogue, folder and server agree after a process died in the middle of a job. Everything here is for the holder of the
 * {@link BackupLock}: it alone knows that nobody is at work.
 */
public final class Recovery {

    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final String END_PROGRAMS = """
            select pg_terminate_backend(pid) from pg_stat_activity
            where usename = current_user and application_name = ?
            """;

    private final PgServer server;
    private final BackupFolder folder;
    private final BackupCatalogue catalogue;
    private final RestoreProof proof;
    private final InstantSource clock;

    public Recovery(
            PgServer server, BackupFolder folder, BackupCatalogue catalogue, RestoreProof proof, InstantSource clock) {
        this.server = server;
        this.folder = folder;
        this.catalogue = catalogue;
        this.proof = proof;
        this.clock = clock;
    }

    /** @throws BackupFailure when the folder or the server cannot be tidied */
    void run() {
        endOrphans();
        proof.removeLeftovers();
        folder.create();
        folder.halfRemoved().forEach(catalogue::remove);
        folder.removeLeftovers();
        Set<String> whole = new HashSet<>(folder.names());
        for (Backup backup : catalogue.running()) {
            if (whole.contains(backup.folder())) {
                finish(backup);
            } else {
                catalogue.failed(
                        backup.id(), "The service stopped while this backup was being taken.", clock.instant());
                LOG.warn("Backup {} was cut short", backup.id());
            }
        }
        catalogue.endVerifications("The service stopped while this backup was being proven.");
        whole.removeAll(catalogue.folders());
        whole.forEach(this::adopt);
    }

    /** Takes the files of backups away that may go. */
    void remove(List<Backup> expired) throws IOException {
        for (Backup backup : expired) {
            folder.retire(backup.folder());
            catalogue.remove(backup.folder());
            LOG.info("Removed backup {} of {}", backup.id(), backup.startedAt());
        }
        folder.removeLeftovers();
    }

    /** Programs of a process that was killed live on; their sessions are ended, and so are they. */
    private void endOrphans() {
        try (Connection session = server.connect();
                PreparedStatement statement = session.prepareStatement(END_PROGRAMS)) {
            statement.setString(1, server.programSessions());
            statement.execute();
        } catch (SQLException e) {
            throw new BackupFailure("Left-over programs cannot be ended: " + e.getMessage(), e);
        }
    }

    /** A folder has its own name only after the proof: its process died between that and the catalogue. */
    private void finish(Backup backup) {
        try {
            catalogue.succeeded(backup.id(), Manifest.read(folder.path(backup.folder())), clock.instant());
            LOG.info("Backup {} had been finished", backup.id());
        } catch (BackupFailure damaged) {
            catalogue.failed(backup.id(), damaged.sentence(), clock.instant());
        }
    }

    /** A backup that the catalogue does not know, as after the database itself was restored from one. */
    private void adopt(String name) {
        try {
            catalogue.adopt(name, Manifest.read(folder.path(name)));
            LOG.info("Found the backup {} that the catalogue did not know", name);
        } catch (BackupFailure damaged) {
            LOG.warn("The folder {} is no backup: {}", name, damaged.sentence());
        }
    }
}
