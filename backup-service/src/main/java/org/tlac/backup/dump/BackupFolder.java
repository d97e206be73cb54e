package org.tlac.backup.dump;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of all backups; every replica must see the same one. A backup grows under a name that starts with {@value #PARTIAL}, and gets
 * its own name, in one step, when it is whole, proven and on the disk. So a crash leaves leftovers that can be told by their names, and
 * nothing that only looks like a backup.
 */
public final class BackupFolder {

    static final String PARTIAL = ".partial-";
    static final String REMOVED = ".removed-";

    private static final Logger LOG = LoggerFactory.getLogger(BackupFolder.class);
    private static final Pattern NAME = Pattern.compile("\\d{8}T\\d{6}Z-[0-9a-f]{8}");
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final Path root;

    public BackupFolder(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    public Path root() {
        return root;
    }

    /** A name for a backup begun at that moment; names sort by time. */
    public static String name(Instant startedAt) {
        return "%s-%08x"
                .formatted(STAMP.format(startedAt), ThreadLocalRandom.current().nextInt());
    }

    /** Makes the folder of all backups; what is in it is everybody's data, so only its owner may look. */
    public void create() {
        try {
            Files.createDirectories(root);
            sync(root);
        } catch (IOException e) {
            throw new BackupFailure("backup.folder " + root + " cannot be made: " + reason(e), e);
        }
    }

    public boolean writable() {
        return Files.isDirectory(root) && Files.isWritable(root);
    }

    /** @throws BackupFailure when fewer bytes are free, so that a full disk is met before the work and not by everybody else on it */
    public void requireFree(long bytes) {
        try {
            long free = Files.getFileStore(root).getUsableSpace();
            if (free < bytes) {
                throw new BackupFailure("Too little space in backup.folder: " + mebibytes(free) + " MiB are free, "
                        + mebibytes(bytes) + " MiB are needed.");
            }
        } catch (IOException e) {
            throw new BackupFailure("backup.folder " + root + " cannot be used: " + reason(e), e);
        }
    }

    /** Makes the folder in which a backup grows. */
    public Path begin(String name) throws IOException {
        Path partial = root.resolve(PARTIAL + checked(name));
        return Files.createDirectory(
                partial, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** Writes the manifest, brings everything to the disk, then gives the backup its name. */
    public void publish(String name, Manifest manifest) throws IOException {
        Path partial = root.resolve(PARTIAL + checked(name));
        manifest.write(partial);
        try (Stream<Path> files = Files.list(partial)) {
            for (Path file : files.toList()) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
                sync(file);
            }
        }
        sync(partial);
        Files.move(partial, root.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        sync(root);
    }

    /** Deletes what grew under that name, if anything; a failure is left to {@link #removeLeftovers}. */
    public void discard(String name) {
        Path partial = root.resolve(PARTIAL + checked(name));
        if (Files.isDirectory(partial, LinkOption.NOFOLLOW_LINKS)) {
            try {
                delete(partial);
            } catch (IOException e) {
                LOG.warn("The unfinished backup {} could not be removed", name, e);
            }
        }
    }

    public Path path(String name) {
        return root.resolve(checked(name));
    }

    /** Names of the whole backups. */
    public List<String> names() {
        return list(NAME.asMatchPredicate());
    }

    /** Names of the backups whose removal a crash cut short. */
    public List<String> halfRemoved() {
        return list(name -> name.startsWith(REMOVED)).stream()
                .map(name -> name.substring(REMOVED.length()))
                .filter(NAME.asMatchPredicate())
                .toList();
    }

    /** Takes a backup's name away: from then on it is none. */
    public void retire(String name) throws IOException {
        Path whole = path(name);
        if (Files.isDirectory(whole, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(whole, root.resolve(REMOVED + name), StandardCopyOption.ATOMIC_MOVE);
            sync(root);
        }
    }

    /** Deletes what grew or was being removed when a process died. Only for the process that alone works in this folder. */
    public void removeLeftovers() {
        for (String name : list(name -> name.startsWith(PARTIAL) || name.startsWith(REMOVED))) {
            try {
                delete(root.resolve(name));
            } catch (IOException e) {
                throw new BackupFailure("The leftover " + name + " cannot be removed: " + reason(e), e);
            }
        }
    }

    /** What an exception of the file system means, in words. */
    public static String reason(IOException e) {
        String message = e.getMessage();
        return e.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    private List<String> list(java.util.function.Predicate<String> wanted) {
        try (Stream<Path> entries = Files.list(root)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(wanted)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new BackupFailure("backup.folder " + root + " cannot be read: " + reason(e), e);
        }
    }

    private static String checked(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("Not the name of a backup: " + name);
        }
        return name;
    }

    private static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static long mebibytes(long bytes) {
        return bytes >> 20;
    }

    private static void delete(Path tree) throws IOException {
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
