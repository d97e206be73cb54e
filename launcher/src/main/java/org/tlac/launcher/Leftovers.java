package org.tlac.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Processes of an earlier launcher that was killed. They stop by themselves; this waits for that, helps after a while, and makes sure that
 * no two servers ever work on the same data. Whose they are is told by the folder they work in: numbers in old files may be anybody's.
 */
final class Leftovers {

    private static final Duration POLL = Duration.ofMillis(50);

    private final Home home;
    private final Console console;
    private final Duration grace;

    /** @param grace how long they have for stopping by themselves, and again after they were asked */
    Leftovers(Home home, Console console, Duration grace) {
        this.home = home;
        this.console = console;
        this.grace = grace;
    }

    /** Returns when nothing of an earlier run is left. @throws Problem when something cannot be stopped */
    void awaitAll() {
        awaitEndOf(() -> Stream.concat(children(), servers()).distinct().toList());
    }

    /** Returns when no server works on our data; one that was not stopped properly leaves a file behind, which is then removed. */
    void awaitServers() {
        awaitEndOf(() -> servers().toList());
        try {
            Files.deleteIfExists(home.postgresData().resolve("postmaster.pid"));
        } catch (IOException e) {
            throw new Problem("Cannot remove the file of a server that was killed", e);
        }
    }

    private void awaitEndOf(Supplier<List<ProcessHandle>> left) {
        if (left.get().isEmpty() || isGone(left, Duration.ofSeconds(1))) {
            return;
        }
        console.step("Waiting for what an earlier run left behind: " + pids(left.get()));
        if (isGone(left, grace)) {
            return;
        }
        // To PostgreSQL SIGINT means to stop without waiting for its clients, which TERM does.
        signal("-INT", left.get());
        if (isGone(left, grace)) {
            return;
        }
        left.get().forEach(ProcessHandle::destroyForcibly);
        if (!isGone(left, grace)) {
            throw new Problem(
                    "Processes of an earlier run do not end: " + pids(left.get()) + ". End them, then try again.");
        }
    }

    private static boolean isGone(Supplier<List<ProcessHandle>> left, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!left.get().isEmpty()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Pause.of(POLL);
        }
        return true;
    }

    private static void signal(String signal, List<ProcessHandle> processes) {
        List<String> command = new ArrayList<>(List.of("kill", signal));
        processes.forEach(process -> command.add(Long.toString(process.pid())));
        try {
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .onExit()
                    .join();
        } catch (IOException e) {
            throw new Problem("Cannot run kill", e);
        }
    }

    private static List<Long> pids(List<ProcessHandle> processes) {
        return processes.stream().map(ProcessHandle::pid).toList();
    }

    /** Those whose number is in a file that a launcher wrote, and that work where it starts them. */
    private Stream<ProcessHandle> children() {
        List<ProcessHandle> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(home.run(), "*.pid")) {
            for (Path file : files) {
                String text = Files.readString(file).strip();
                if (text.matches("[0-9]{1,18}")) {
                    ProcessHandle.of(Long.parseLong(text))
                            .filter(process -> worksIn(home.folder(), process))
                            .filter(process ->
                                    process.pid() != ProcessHandle.current().pid())
                            .ifPresent(found::add);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw new Problem("Cannot read " + home.run(), e);
        }
        return found.stream();
    }

    private Stream<ProcessHandle> servers() {
        return ProcessHandle.allProcesses().filter(process -> worksIn(home.postgresData(), process));
    }

    /** False also for processes of other users, and for those that ended but were not waited for yet. */
    static boolean worksIn(Path folder, ProcessHandle process) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "cwd"))
                    .equals(folder.toRealPath());
        } catch (IOException e) {
            return false;
        }
    }
}
