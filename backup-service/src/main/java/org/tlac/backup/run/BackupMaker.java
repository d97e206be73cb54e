package org.tlac.backup.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tlac.backup.catalogue.Backup;
import org.tlac.backup.dump.BackupFailure;
import org.tlac.backup.dump.BackupFolder;
import org.tlac.backup.dump.DataArchive;
import org.tlac.backup.dump.DatabaseDump;
import org.tlac.backup.dump.FileSum;
import org.tlac.backup.dump.Manifest;
import org.tlac.backup.dump.PgPrograms;
import org.tlac.backup.dump.Programs;
import org.tlac.backup.proof.Proof;
import org.tlac.backup.proof.RestoreProof;

/** Makes one backup: dump, archive, sums, proof, and only then its name. */
public final class BackupMaker {

    private final BackupFolder folder;
    private final Settings settings;
    private final Programs programs;
    private final PgPrograms pgPrograms;
    private final DatabaseDump dump;
    private final RestoreProof proof;
    private final RunOutcomes outcomes;
    private final InstantSource clock;

    /**
     * What goes in, and when not to begin.
     *
     * @param dataFolder the school's files
     * @param minimumFreeBytes that must be free in backup.folder beyond the size of the last good backup
     */
    public record Settings(Path dataFolder, long minimumFreeBytes) {}

    /** The parts of a backup's making. */
    public record Parts(Programs programs, PgPrograms pgPrograms, DatabaseDump dump, RestoreProof proof) {}

    public BackupMaker(BackupFolder folder, Settings settings, Parts parts, RunOutcomes outcomes, InstantSource clock) {
        this.folder = folder;
        this.settings = settings;
        this.programs = parts.programs();
        this.pgPrograms = parts.pgPrograms();
        this.dump = parts.dump();
        this.proof = parts.proof();
        this.outcomes = outcomes;
        this.clock = clock;
    }

    /**
     * Makes it, and leaves nothing behind when it cannot.
     *
     * @param expectedBytes about as large as it will be
     * @throws BackupFailure that says why there is no backup
     */
    Manifest make(Backup backup, long expectedBytes, BackupLock.Held lock) {
        try {
            pgPrograms.requireUsable();
            folder.create();
            folder.requireFree(settings.minimumFreeBytes() + expectedBytes);
            Path partial = folder.begin(backup.folder());
            Manifest manifest = fill(partial, backup.startedAt());
            requireProof(partial, manifest);
            lock.requireHeld();
            Manifest proven = manifest.provenAt(clock.instant());
            folder.publish(backup.folder(), proven);
            return proven;
        } catch (IOException e) {
            throw new BackupFailure("The backup could not be written: " + BackupFolder.reason(e) + ".", e);
        } finally {
            folder.discard(backup.folder());
        }
    }

    private Manifest fill(Path partial, Instant startedAt) throws IOException {
        Path database = partial.resolve(Manifest.DATABASE);
        Path data = partial.resolve(Manifest.DATA);
        if (!Files.isDirectory(settings.dataFolder())) {
            throw new BackupFailure("data.folder " + settings.dataFolder() + " is not a folder.");
        }
        DatabaseDump.Content content = dump.write(database);
        DataArchive.Content files = DataArchive.write(settings.dataFolder(), folder.root(), data, programs::checkpoint);
        SortedMap<String, FileSum> sums = new TreeMap<>();
        sums.put(Manifest.DATABASE, FileSum.of(database, programs::checkpoint));
        sums.put(Manifest.DATA, FileSum.of(data, programs::checkpoint));
        return new Manifest(
                Manifest.FORMAT,
                startedAt,
                clock.instant(),
                null,
                content.serverMajor(),
                content.schemas(),
                content.rows(),
                files,
                sums);
    }

    private void requireProof(Path partial, Manifest manifest) {
        switch (proof.of(partial, manifest)) {
            case Proof.Agrees agrees -> outcomes.compared(true);
            case Proof.Disagrees disagrees -> {
                outcomes.compared(false);
                throw new BackupFailure(disagrees.sentence());
            }
        }
    }
}
