package org.tlac.launcher.postgres;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.jspecify.annotations.Nullable;
import org.tlac.launcher.home.UserError;

/** PostgreSQL's own programs, which the build brings in an archive for each kind of machine: unpacked once a version. */
public final class PostgresBinaries {

    private final Path folder;

    /** @param parent where each version has a folder */
    PostgresBinaries(Path parent) {
        this.folder = parent.resolve(version());
    }

    /** The version that the build was made with, such as {@code 15.19.0}. */
    static String version() {
        Properties build = new Properties();
        try (InputStream in = PostgresBinaries.class.getResourceAsStream("build.properties")) {
            build.load(Objects.requireNonNull(in));
        } catch (IOException e) {
            throw new UserError("Cannot read which PostgreSQL this is", e);
        }
        return build.getProperty("postgres.version");
    }

    static String major() {
        return version().replaceFirst("[.].*", "");
    }

    String program(String name) {
        return folder.resolve("bin").resolve(name).toString();
    }

    boolean isUnpacked() {
        return Files.isExecutable(Path.of(program("postgres")));
    }

    /** Unpacks them, whole or not at all. */
    void unpack() throws IOException {
        Path partial = folder.resolveSibling(folder.getFileName() + ".partial");
        deleteRecursively(partial);
        deleteRecursively(folder);
        try (InputStream archive = archive();
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(tar, entry, partial);
            }
        }
        Files.move(partial, folder, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path target) throws IOException {
        Path file = target.resolve(entry.getName()).normalize();
        if (!file.startsWith(target)) {
            throw new IOException("the archive leads out of its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(file);
            return;
        }
        Files.createDirectories(file.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
        } else {
            Files.copy(tar, file);
            boolean executable = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(
                    file, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }

    private static InputStream archive() {
        String architecture = System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64";
        @Nullable
        InputStream found = PostgresBinaries.class.getResourceAsStream("/postgres-linux-" + architecture + ".txz");
        if (found == null) {
            throw new UserError("TLAC brings no PostgreSQL for this kind of machine: " + System.getProperty("os.arch"));
        }
        return found;
    }

    public static void deleteRecursively(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> paths = Files.walk(folder)) {
            deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.delete(path);
        }
    }
}
