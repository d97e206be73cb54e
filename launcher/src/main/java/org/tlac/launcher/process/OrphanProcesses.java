package org.tlac.launcher.process;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.tlac.launcher.home.Console;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.Pause;
import org.tlac.launcher.home.UserError;

/**
 * Processes of an earlier launcher that was killed. They stop by themselves; this waits for that, helps after a while, and makes sure that
 * no two servers ever work on the same data.
 */
public final class OrphanProcesses {

    private static final Duration POLL = Duration.ofMillis(50);

    private final Home home;
    private final OwnProcesses processes;
    private final Console console;
    private final Duration grace;

    /** @param grace how long they have for stopping by themselves, and again after they were asked */
    public OrphanProcesses(Home home, Console console, Duration grace) {
        this.home = home;
        this.processes = new OwnProcesses(home);
        this.console = console;
        this.grace = grace;
    }

    /** Returns when nothing of an earlier run is left. @throws UserError when something cannot be stopped */
    public void awaitAll() {
        awaitEndOf(() -> Stream.concat(processes.children().stream(), processes.servers().stream())
                .distinct()
                .toList());
    }

    /**
     * Returns when no server works on our data; one that was not stopped properly leaves a file behind, which is then removed.
     *
     * @throws UserError when a server that we did not start works on it
     */
    public void awaitServers() {
        awaitEndOf(processes::servers);
        if (!isGone(processes::foreignServers, grace)) {
            throw new UserError(
                    "Another PostgreSQL, which TLAC did not start, works on the data in %s: process %s. Stop it, then try again."
                            .formatted(home.postgresData(), pids(processes.foreignServers())));
        }
        try {
            Files.deleteIfExists(home.postgresData().resolve("postmaster.pid"));
        } catch (IOException e) {
            throw new UserError("Cannot remove the file of a server that was killed", e);
        }
    }

    private void awaitEndOf(Supplier<List<ProcessHandle>> left) {
        if (isGone(left, Duration.ofSeconds(1))) {
            return;
        }
        console.step("Waiting for what an earlier run left behind: " + pids(left.get()));
        if (isGone(left, grace)) {
            return;
        }
        // To PostgreSQL SIGINT means to stop without waiting for its clients, which TERM does.
        Signal.INT.to(left.get());
        if (isGone(left, grace)) {
            return;
        }
        left.get().forEach(ProcessHandle::destroyForcibly);
        if (!isGone(left, grace)) {
            throw new UserError(
                    "Processes of an earlier run do not end: " + pids(left.get()) + ". End them, then try again.");
        }
    }

    /** Whether there are none, now or within that time. */
    public static boolean isGone(Supplier<List<ProcessHandle>> left, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!left.get().isEmpty()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Pause.of(POLL);
        }
        return true;
    }

    private static List<Long> pids(List<ProcessHandle> processes) {
        return processes.stream().map(ProcessHandle::pid).toList();
    }
}
