package org.tlac.platform.course;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens regular files below a folder, and nothing that a link leads to: neither the file nor a folder on its way may be one. Only the
 * folder itself may, for operators who exchange a whole course at once.
 *
 * <p>Each step is taken from the folder opened before (openat), so that nothing can be exchanged between a check and its use. The one
 * gap: Java cannot open without blocking, so whoever can write the course and puts a FIFO in a file's place within microseconds holds
 * one thread until somebody writes to it.
 */
public final class CourseFolder {

    private static final Logger LOG = LoggerFactory.getLogger(CourseFolder.class);
    private static final int TRIES = 3;

    private final Path folder;

    public CourseFolder(Path folder) {
        this.folder = folder;
    }

    /** An open file, and what tells this state of it from any other. */
    public record OpenFile(Stamp stamp, SeekableByteChannel channel) implements Closeable {

        public InputStream from(long position) throws IOException {
            channel.position(position);
            return Channels.newInputStream(channel);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** @param key the file system's own name of the file, which a copy in its place does not have */
    public record Stamp(long size, Instant modified, String key) {

        static Stamp of(BasicFileAttributes attributes) {
            return new Stamp(
                    attributes.size(), attributes.lastModifiedTime().toInstant(), String.valueOf(attributes.fileKey()));
        }
    }

    /**
     * The file at a path; empty when no regular file is there, or a name on the way is empty or hidden.
     *
     * @param path in the folder; may be anything
     */
    public Optional<OpenFile> open(String path) throws IOException {
        List<String> names = List.of(path.split("/", -1));
        if (!names.stream().allMatch(CourseFolder::isPlain)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> root = Files.newDirectoryStream(folder)) {
            if (root instanceof SecureDirectoryStream<Path> secure) {
                return open(secure, names);
            }
            throw new IOException("This system cannot open files relative to a folder; TLAC runs on Linux");
        } catch (AccessDeniedException e) {
            LOG.warn("A file of the course cannot be read: {}", e.getMessage());
            return Optional.empty();
        } catch (FileSystemException | InvalidPathException e) {
            // Not there, became a link meanwhile, too long, or not a name in this system's encoding.
            return Optional.empty();
        }
    }

    private static Optional<OpenFile> open(SecureDirectoryStream<Path> in, List<String> names) throws IOException {
        Path name = Path.of(names.getFirst());
        if (names.size() == 1) {
            return file(in, name);
        }
        if (!attributes(in, name).isDirectory()) {
            return Optional.empty();
        }
        try (SecureDirectoryStream<Path> next = in.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
            return open(next, names.subList(1, names.size()));
        }
    }

    private static Optional<OpenFile> file(SecureDirectoryStream<Path> in, Path name) throws IOException {
        for (int i = 0; i < TRIES; i++) {
            BasicFileAttributes before = attributes(in, name);
            // Opening a FIFO or a device could block for ever.
            if (!before.isRegularFile()) {
                return Optional.empty();
            }
            SeekableByteChannel channel =
                    in.newByteChannel(name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
            try {
                Stamp stamp = Stamp.of(attributes(in, name));
                if (stamp.equals(Stamp.of(before))) {
                    return Optional.of(new OpenFile(stamp, channel));
                }
            } catch (IOException e) {
                channel.close();
                throw e;
            }
            // Exchanged or written to just then: what was opened may not be what the stamp says.
            channel.close();
        }
        return Optional.empty();
    }

    private static BasicFileAttributes attributes(SecureDirectoryStream<Path> in, Path name) throws IOException {
        return in.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
    }

    /** What a file is like now; empty when no regular file is there, or a link is on the way. Cheaper than opening it. */
    public Optional<Stamp> stamp(String path) {
        try {
            Optional<Path> file = plain(path);
            if (file.isEmpty()) {
                return Optional.empty();
            }
            BasicFileAttributes attributes =
                    Files.readAttributes(file.get(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isRegularFile() ? Optional.of(Stamp.of(attributes)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether a regular file is there, by no link. Cheaper than opening it.
     *
     * @param path may be anything that a manifest says
     */
    public boolean has(String path) {
        return plain(path)
                .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                .isPresent();
    }

    /** Where a path leads in folders that are no links; empty when it does not, or has a hidden name. */
    private Optional<Path> plain(String path) {
        try {
            Path file = folder;
            String[] names = path.split("/", -1);
            for (int i = 0; i < names.length; i++) {
                if (!isPlain(names[i]) || (i > 0 && !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))) {
                    return Optional.empty();
                }
                file = file.resolve(names[i]);
            }
            return Optional.of(file);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static boolean isPlain(String name) {
        return !name.isEmpty() && !name.startsWith(".");
    }
}
