package org.tlac.backup.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tlac.backup.dump.BackupFailure;
import org.tlac.backup.dump.BackupFolder;
import org.tlac.backup.dump.DataArchive;
import org.tlac.backup.dump.FileSum;
import org.tlac.backup.dump.Manifest;
import org.tlac.backup.dump.PgPrograms;
import org.tlac.backup.dump.PgServer;
import org.tlac.backup.dump.Snapshot;

/** Proves a backup: its files are the ones the manifest names, the archive can be read, the dump restores, and every row came back. */
public final class RestoreProof {

    private final PgServer server;
    private final PgPrograms programs;
    private final Runnable checkpoint;

    /** @param checkpoint called between pieces of long work; throws to end it */
    public RestoreProof(PgServer server, PgPrograms programs, Runnable checkpoint) {
        this.server = server;
        this.programs = programs;
        this.checkpoint = checkpoint;
    }

    /** @throws BackupFailure when it could not be tried: no database, no program, no time */
    public Proof of(Path folder, Manifest manifest) {
        List<String> differences = files(folder, manifest);
        if (!differences.isEmpty()) {
            // A damaged dump is not worth restoring, and not safe to.
            return Proof.of(differences);
        }
        differences.addAll(archive(folder, manifest));
        differences.addAll(database(folder, manifest));
        return Proof.of(differences);
    }

    /** The same for a backup of earlier: what it holds is what its own manifest says. */
    public Proof of(Path folder) {
        Manifest manifest;
        try {
            manifest = Manifest.read(folder);
        } catch (BackupFailure damaged) {
            return Proof.of(List.of(damaged.sentence()));
        }
        return of(folder, manifest);
    }

    /** Drops scratch databases that a process which died left behind. */
    public void removeLeftovers() {
        ScratchDatabase.dropLeftovers(server);
    }

    private List<String> files(Path folder, Manifest manifest) {
        List<String> differences = new ArrayList<>();
        for (String needed : List.of(Manifest.DATABASE, Manifest.DATA)) {
            if (!manifest.files().containsKey(needed)) {
                differences.add("The manifest names no " + needed + ".");
            }
        }
        for (Map.Entry<String, FileSum> file : manifest.files().entrySet()) {
            // Names come from a file that somebody may have changed.
            Path path = folder.resolve(file.getKey()).normalize();
            if (!folder.equals(path.getParent()) || !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                differences.add("The file " + file.getKey() + " is missing.");
            } else if (!sum(path).equals(file.getValue())) {
                differences.add("The file " + file.getKey() + " is damaged: its checksum is not the manifest's.");
            }
        }
        return differences;
    }

    private FileSum sum(Path file) {
        try {
            return FileSum.of(file, checkpoint);
        } catch (IOException e) {
            throw new BackupFailure(file.getFileName() + " cannot be read: " + BackupFolder.reason(e), e);
        }
    }

    private List<String> archive(Path folder, Manifest manifest) {
        try {
            DataArchive.Content content = DataArchive.read(folder.resolve(Manifest.DATA), checkpoint);
            return content.equals(manifest.data())
                    ? List.of()
                    : List.of("The archive of files holds " + content.files() + " files, not "
                            + manifest.data().files() + ", or files of another size.");
        } catch (IOException e) {
            return List.of("The archive of files cannot be read: " + BackupFolder.reason(e) + ".");
        }
    }

    private List<String> database(Path folder, Manifest manifest) {
        try (ScratchDatabase scratch = ScratchDatabase.create(server);
                Connection session = scratch.connect()) {
            int serverMajor = session.getMetaData().getDatabaseMajorVersion();
            String complaint = programs.restore(server, serverMajor, folder.resolve(Manifest.DATABASE), scratch.name());
            if (!complaint.isEmpty()) {
                return List.of("The dump cannot be restored: " + complaint + ".");
            }
            return RowCounts.differences(manifest.rows(), Snapshot.rowCounts(session));
        } catch (SQLException e) {
            throw new BackupFailure("The scratch database failed: " + e.getMessage(), e);
        }
    }
}
