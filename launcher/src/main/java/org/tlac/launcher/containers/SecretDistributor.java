package org.tlac.launcher.containers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.tlac.launcher.home.UserError;

/**
 * Copies of secrets for containers, each of which sees one folder alone.
 *
 * @param source what the names of files are relative to
 * @param target has a folder for each consumer
 */
record SecretDistributor(Path source, Path target) {

    /** For the service's user, and a group for those images that have a user of their own. */
    private static final String READABLE = "r--r-----";

    /** Copies files that a consumer does not have yet, or has in another version; says which these were. */
    List<Path> give(String consumer, List<String> files) {
        Path folder = target.resolve(consumer);
        List<Path> given = new ArrayList<>();
        try {
            Files.createDirectories(folder);
            for (String file : files) {
                Path from = source.resolve(file);
                Path to = folder.resolve(from.getFileName());
                if (!Files.exists(to) || Files.mismatch(from, to) >= 0) {
                    copy(from, to);
                    given.add(to);
                }
            }
        } catch (IOException e) {
            throw new UserError("Cannot hand out secrets in " + folder + ": is it another user's?", e);
        }
        return given;
    }

    /** Whole or not at all: its reader may start at any time. */
    private static void copy(Path from, Path to) throws IOException {
        Path partial = to.resolveSibling(to.getFileName() + ".partial");
        Files.deleteIfExists(partial);
        Files.createFile(partial, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.copy(from, partial, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString(READABLE));
        Files.move(partial, to, StandardCopyOption.ATOMIC_MOVE);
    }
}
