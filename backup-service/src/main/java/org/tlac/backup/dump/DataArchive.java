package org.tlac.backup.dump;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** The school's files as a zip: regular files and folders only. A link could lead anywhere on the machine, so none is followed or kept. */
public final class DataArchive {

    private static final int BUFFER = 64 << 10;

    private DataArchive() {}

    /** @param bytes of the files themselves, before compression */
    public record Content(long files, long bytes) {}

    /**
     * Archives a folder.
     *
     * @param except a folder that stays out, where it lies inside: the backups themselves
     * @param checkpoint called between pieces; throws to end the work
     */
    public static Content write(Path folder, Path except, Path archive, Runnable checkpoint) throws IOException {
        Path root = folder.toRealPath();
        try (OutputStream file = Files.newOutputStream(archive, StandardOpenOption.CREATE_NEW);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            Writer writer = new Writer(root, except.toAbsolutePath().normalize(), zip, checkpoint);
            Files.walkFileTree(root, writer);
            return new Content(writer.files, writer.bytes);
        }
    }

    /** Reads the archive to its end; the JDK checks each entry's CRC on the way. @throws IOException when it is damaged */
    public static Content read(Path archive, Runnable checkpoint) throws IOException {
        long files = 0;
        long bytes = 0;
        byte[] buffer = new byte[BUFFER];
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                if (!entry.isDirectory()) {
                    files++;
                    try (InputStream in = zip.getInputStream(entry)) {
                        bytes += copy(in, OutputStream.nullOutputStream(), buffer, checkpoint);
                    }
                }
            }
        }
        return new Content(files, bytes);
    }

    private static long copy(InputStream in, OutputStream out, byte[] buffer, Runnable checkpoint) throws IOException {
        long bytes = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            checkpoint.run();
            out.write(buffer, 0, read);
            bytes += read;
        }
        return bytes;
    }

    private static final class Writer extends SimpleFileVisitor<Path> {

        private final Path root;
        private final Path except;
        private final ZipOutputStream zip;
        private final Runnable checkpoint;
        private final byte[] buffer = new byte[BUFFER];
        private long files;
        private long bytes;

        Writer(Path root, Path except, ZipOutputStream zip, Runnable checkpoint) {
            this.root = root;
            this.except = except;
            this.zip = zip;
            this.checkpoint = checkpoint;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
            if (folder.equals(except)) {
                return FileVisitResult.SKIP_SUBTREE;
            }
            if (!folder.equals(root)) {
                put(folder, attributes, "/");
                zip.closeEntry();
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (!attributes.isRegularFile()) {
                return FileVisitResult.CONTINUE;
            }
            // Asked again at the open: what was a file a moment ago may be a link now.
            try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
                put(file, attributes, "");
                bytes += copy(in, zip, buffer, checkpoint);
                files++;
                zip.closeEntry();
            }
            return FileVisitResult.CONTINUE;
        }

        private void put(Path path, BasicFileAttributes attributes, String suffix) throws IOException {
            ZipEntry entry = new ZipEntry(root.relativize(path).toString() + suffix);
            entry.setLastModifiedTime(attributes.lastModifiedTime());
            zip.putNextEntry(entry);
        }
    }
}
