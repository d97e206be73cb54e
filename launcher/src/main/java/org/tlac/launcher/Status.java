package org.tlac.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** One line for each process: whether it is ready, since when, and the memory it and what it started take. */
final class Status {

    private final Home home;
    private final Settings settings;

    Status(Home home, Settings settings) {
        this.home = home;
        this.settings = settings;
    }

    /** Whether everything is ready. */
    boolean print(Console console) {
        List<ServiceSpec> table = new Services(home, settings).table();
        Postgres postgres = new Postgres(home, settings.port(Settings.DATABASE_PORT));
        boolean all = line(console, Postgres.NAME, postgres.isReady());
        for (ServiceSpec spec : table) {
            all &= line(
                    console, spec.name(), Readiness.of(spec.managementPort()).isReady());
        }
        long total = process("launcher").map(Status::kilobytes).findFirst().orElse(0L);
        console.say("%-18s %s".formatted("in all", megabytes(total)));
        return all;
    }

    private boolean line(Console console, String name, boolean ready) {
        ProcessHandle handle = process(name).findFirst().orElse(null);
        String details = handle == null
                ? "-"
                : "pid %-8d up %-10s %s".formatted(handle.pid(), uptime(handle), megabytes(kilobytes(handle)));
        console.say("%-18s %-10s %s".formatted(name, ready ? "ready" : "not ready", details));
        return ready;
    }

    private Stream<ProcessHandle> process(String name) {
        try {
            Path file = home.run().resolve(name + ".pid");
            return Files.exists(file)
                    ? ProcessHandle.of(Long.parseLong(Files.readString(file).strip())).stream()
                    : Stream.empty();
        } catch (IOException | NumberFormatException e) {
            return Stream.empty();
        }
    }

    private static String uptime(ProcessHandle handle) {
        Instant start = handle.info().startInstant().orElse(Instant.now());
        Duration up = Duration.between(start, Instant.now());
        return "%d:%02d:%02d".formatted(up.toHours(), up.toMinutesPart(), up.toSecondsPart());
    }

    /** Proportional set size: pages that processes share are counted once, in parts. */
    private static long kilobytes(ProcessHandle handle) {
        return Stream.concat(Stream.of(handle), handle.descendants())
                .mapToLong(Status::proportional)
                .sum();
    }

    private static long proportional(ProcessHandle handle) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(handle.pid()), "smaps_rollup"))) {
            return lines.filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .sum();
        } catch (IOException | java.io.UncheckedIOException e) {
            // It ended meanwhile, or is another user's.
            return 0;
        }
    }

    private static String megabytes(long kilobytes) {
        return (kilobytes >> 10) + " MB";
    }
}
