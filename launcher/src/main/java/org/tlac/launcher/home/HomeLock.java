package org.tlac.launcher.home;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What keeps two launchers out of one folder. The kernel drops it with the process, however that ends; so whoever finds it held knows that
 * the launcher named beside it runs.
 */
public final class HomeLock implements AutoCloseable {

    private static final int ATTEMPTS = 20;
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final String LAUNCHER = "launcher";

    private final Home home;
    private final FileLock lock;

    /** The launcher that holds the lock, and what it was started with. */
    public record Holder(ProcessHandle process, Settings settings) {}

    private HomeLock(Home home, FileLock lock) {
        this.home = home;
        this.lock = lock;
    }

    /** @throws UserError when another launcher has it */
    public static HomeLock acquire(Home home, Settings settings) {
        home.createForProcesses();
        // Somebody who only asks whether it is held holds it for a moment.
        for (int i = 0; i < ATTEMPTS; i++) {
            FileLock lock = lock(home, false);
            if (lock != null) {
                home.restrict(home.lock(), "rw-------");
                Home.writePublic(
                        home.pid(LAUNCHER),
                        Long.toString(ProcessHandle.current().pid()));
                Home.writePublic(portOffset(home), Integer.toString(settings.portOffset()));
                Home.writePublic(host(home), settings.host());
                return new HomeLock(home, lock);
            }
            Pause.of(PAUSE);
        }
        throw new UserError(
                "TLAC runs already in " + home.folder() + ": ./tlac status shows it, ./tlac down stops it.");
    }

    /** Who runs TLAC in this folder, if anybody does. */
    public static Optional<Holder> holder(Home home) {
        if (!Files.exists(home.lock())) {
            return Optional.empty();
        }
        FileLock free = lock(home, true);
        if (free != null) {
            release(free);
            return Optional.empty();
        }
        try {
            long pid = Long.parseLong(Files.readString(home.pid(LAUNCHER)).strip());
            String offset = Files.readString(portOffset(home)).strip();
            // A launcher of an earlier version wrote none.
            String host =
                    Files.exists(host(home)) ? Files.readString(host(home)).strip() : "";
            return ProcessHandle.of(pid)
                    .map(process -> new Holder(process, new Settings(Integer.parseInt(offset), host)));
        } catch (IOException | NumberFormatException e) {
            throw new UserError("Cannot tell who runs TLAC in " + home.folder() + "; try again", e);
        }
    }

    private static Path portOffset(Home home) {
        return home.run().resolve("port-offset");
    }

    private static Path host(Home home) {
        return home.run().resolve("host");
    }

    private static @Nullable FileLock lock(Home home, boolean shared) {
        try {
            FileChannel channel = shared
                    ? FileChannel.open(home.lock(), StandardOpenOption.READ)
                    : FileChannel.open(
                            home.lock(), Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), Home.OWNER_ONLY);
            FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
            if (lock == null) {
                channel.close();
            }
            return lock;
        } catch (OverlappingFileLockException e) {
            return null;
        } catch (IOException e) {
            throw new UserError("Cannot lock " + home.lock(), e);
        }
    }

    private static void release(FileLock lock) {
        try {
            lock.acquiredBy().close();
        } catch (IOException e) {
            // It ends with the process anyway.
        }
    }

    @Override
    public synchronized void close() {
        if (!lock.isValid()) {
            return;
        }
        try {
            Files.deleteIfExists(home.pid(LAUNCHER));
        } catch (IOException e) {
            // Whoever reads it asks for the lock first.
        }
        release(lock);
    }
}
