package org.tlac.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** One line for each process: whether it is ready, since when, and the memory it and what it started take. */
final class Status {

    private final Home home;
    private final Console console;

    Status(Home home, Console console) {
        this.home = home;
        this.console = console;
    }

    /** Whether everything is ready. */
    boolean print(HomeLock.Holder launcher) {
        Settings settings = launcher.settings();
        boolean all = line(home, new Postgres(home, settings.port(Settings.DATABASE_PORT), console));
        for (ServiceSpec spec : new Services(home, settings).table()) {
            all &= line(home, new Service(home, spec));
        }
        console.say("%-18s %-10s pid %-8d up %-10s %s"
                .formatted(
                        "in all",
                        "",
                        launcher.process().pid(),
                        uptime(launcher.process()),
                        memory(launcher.process())));
        console.say(settings.url());
        return all;
    }

    /** The programs of {@code ./tlac monitor}, each with its address. */
    void printMonitoring(HomeLock.Holder monitor, Installed installed) {
        for (Program program : new Monitoring(home, monitor.settings(), installed).programs()) {
            line(home.monitoring(), program);
            console.say("  " + program.url());
        }
    }

    private boolean line(Home where, Part part) {
        String name = part.name();
        boolean ready = part.isReady();
        String details = process(where, name)
                .map(process -> "pid %-8d up %-10s %s".formatted(process.pid(), uptime(process), memory(process)))
                .orElse("no process");
        console.say("%-18s %-10s %s".formatted(name, ready ? "ready" : "not ready", details));
        return ready;
    }

    private static Optional<ProcessHandle> process(Home where, String name) {
        try {
            return ProcessHandle.of(
                    Long.parseLong(Files.readString(where.pid(name)).strip()));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static String uptime(ProcessHandle process) {
        Duration up = Duration.between(process.info().startInstant().orElse(Instant.now()), Instant.now());
        return "%d:%02d:%02d".formatted(up.toHours(), up.toMinutesPart(), up.toSecondsPart());
    }

    private static String memory(ProcessHandle process) {
        long kilobytes = Stream.concat(Stream.of(process), process.descendants())
                .mapToLong(Status::proportional)
                .sum();
        return (kilobytes >> 10) + " MB";
    }

    /** Proportional set size in KiB: a page that several processes share counts in parts, so that sums are true. */
    private static long proportional(ProcessHandle process) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "smaps_rollup"))) {
            return lines.filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            // It ended meanwhile, or is another user's.
            return 0;
        }
    }
}
