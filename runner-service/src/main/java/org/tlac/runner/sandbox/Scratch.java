package org.tlac.runner.sandbox;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where programs write that have no folder in memory of their own: a small file system in memory, which all of this runner share. The
 * kernel bounds it as a whole. Within it one program at a time is measured while it runs, and that is also why there is only one: programs
 * of two pupils never live at the same time.
 */
final class Scratch {

    /** The file system may be larger than what one program may write, for what it writes between two looks; not without bound. */
    private static final int MOST_TIMES = 8;

    private final Path folder;
    private final Limits limits;
    private final Semaphore turns = new Semaphore(1, true);

    private Scratch(Path folder, Limits limits) {
        this.folder = folder;
        this.limits = limits;
    }

    /** @throws SandboxException when that is not a file system in memory of its own with a bound that fits */
    static Scratch of(String configured, Limits limits) {
        if (configured.isEmpty()) {
            throw new SandboxException("runner.scratch names no folder");
        }
        try {
            Path folder = Path.of(configured).toRealPath();
            FileStore store = Files.getFileStore(folder);
            Path parent = folder.getParent();
            long most = MOST_TIMES * limits.scratchBytes();
            if (!store.type().equals("tmpfs")
                    || parent == null
                    || device(parent) == device(folder)
                    || store.getTotalSpace() < limits.scratchBytes()
                    || store.getTotalSpace() > most) {
                throw new SandboxException(
                        "runner.scratch must be a file system in memory (tmpfs) of its own, with between "
                                + limits.scratchBytes() + " and " + most + " bytes: " + folder + " is " + store.type()
                                + " with "
                                + store.getTotalSpace());
            }
            return new Scratch(folder, limits);
        } catch (IOException e) {
            throw new SandboxException("runner.scratch cannot be used: " + e, e);
        }
    }

    private static long device(Path path) throws IOException {
        return (long) Files.getAttribute(path, "unix:dev");
    }

    Path folder() {
        return folder;
    }

    /** Runs a program once nothing else runs; at full isolation, where there is no shared folder, at once. */
    static Outcome inTurn(@Nullable Scratch scratch, Supplier<Outcome> program) {
        if (scratch == null) {
            return program.get();
        }
        try {
            scratch.turns.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("The service is stopping", e);
        }
        try {
            return program.get();
        } finally {
            scratch.turns.release();
        }
    }

    /** Whether a program has written no more than it may, beside what is there now. */
    BooleanSupplier allowance(long zygote) {
        Path own = folder.resolve(Long.toString(zygote));
        long before = used();
        return () -> used() - before <= limits.scratchBytes() && isWithinNumber(own);
    }

    /** Counts what was deleted and is still held open, too. */
    private long used() {
        try {
            FileStore store = Files.getFileStore(folder);
            return store.getTotalSpace() - store.getUnallocatedSpace();
        } catch (IOException e) {
            throw new SandboxException("The folder of programs is gone", e);
        }
    }

    private static boolean isFolder(Path entry) throws IOException {
        try {
            return Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isDirectory();
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** What cannot be looked into, or lies too deep to be named, is too much. */
    private boolean isWithinNumber(Path own) {
        Deque<Path> open = new ArrayDeque<>();
        open.add(own);
        int left = limits.scratchInodes();
        while (!open.isEmpty()) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(open.remove())) {
                for (Path entry : entries) {
                    if (left-- == 0) {
                        return false;
                    }
                    if (isFolder(entry)) {
                        open.add(entry);
                    }
                }
            } catch (NoSuchFileException | NotDirectoryException e) {
                // It went while we looked.
            } catch (IOException | java.nio.file.DirectoryIteratorException e) {
                return false;
            }
        }
        return true;
    }
}
