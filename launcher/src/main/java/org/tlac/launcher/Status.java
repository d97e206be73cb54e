package org.tlac.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.tlac.launcher.client.PublicCheck;
import org.tlac.launcher.home.Console;
import org.tlac.launcher.home.Disk;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.HomeLock;
import org.tlac.launcher.home.Installed;
import org.tlac.launcher.home.Settings;
import org.tlac.launcher.home.UserError;
import org.tlac.launcher.logs.Logs;
import org.tlac.launcher.monitoring.Monitoring;
import org.tlac.launcher.postgres.Postgres;
import org.tlac.launcher.process.ExternalProgram;
import org.tlac.launcher.process.ManagedProcess;
import org.tlac.launcher.process.ManagedProcessState;
import org.tlac.launcher.process.OwnProcesses;
import org.tlac.launcher.services.Service;
import org.tlac.launcher.services.ServiceSpec;
import org.tlac.launcher.services.Services;

/**
 * What users see, and one line for each process: whether it is ready, since when, the memory it and what it started take, and how often it
 * was started again.
 */
final class Status {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Home home;
    private final LauncherConfig config;
    private final Console console;

    Status(Home home, LauncherConfig config, Console console) {
        this.home = home;
        this.config = config;
        this.console = console;
    }

    /** Whether everything is ready, and users can sign in. */
    boolean print(HomeLock.Holder launcher) {
        Settings settings = launcher.settings();
        Logs logs = new Logs(home, config.logs());
        List<ServiceSpec> table = new Services(home, settings).table();
        ServiceSpec gateway = table.getLast();
        PublicCheck.Result users = new PublicCheck(home, gateway.environment(), TIMEOUT).run();
        boolean all = line(home, new Postgres(home, logs, settings.port(Settings.DATABASE_PORT), console), true);
        for (ServiceSpec spec : table) {
            all &= line(home, new Service(home, logs, spec), !spec.equals(gateway) || users.isAccepting());
        }
        console.say("%-18s %-14s pid %-8d up %-10s %s"
                .formatted(
                        "in all",
                        "",
                        launcher.process().pid(),
                        uptime(launcher.process()),
                        memory(launcher.process())));
        console.say("disk: " + new Disk(home, config.disk()).room().text());
        console.say("users: %s: %s".formatted(users.text(), settings.url()));
        return all && users.isOk();
    }

    /** The programs of {@code ./tlac monitor}, each with its address. */
    void printMonitoring(HomeLock.Holder monitor, Installed installed) {
        for (ExternalProgram program : new Monitoring(home, config.logs(), monitor.settings(), installed).programs()) {
            line(home.monitoring(), program, true);
            console.say("  " + program.url());
        }
    }

    /** @param accepting false when nobody gets through to it, whatever it says itself */
    private boolean line(Home where, ManagedProcess part, boolean accepting) {
        String name = part.name();
        Optional<ManagedProcessState> state = ManagedProcessState.read(where, name);
        Optional<ProcessHandle> process = new OwnProcesses(where).child(name);
        boolean ready = process.isPresent() && accepting && isReady(part);
        String details = process.map(
                        found -> "pid %-8d up %-10s %s".formatted(found.pid(), uptime(found), memory(found)))
                .orElse("no process");
        console.say("%-18s %-14s %s%s"
                .formatted(
                        name,
                        ready ? "ready" : unready(part, state, accepting),
                        details,
                        state.map(Status::restarts).orElse("")));
        return ready;
    }

    private static boolean isReady(ManagedProcess part) {
        try {
            return part.isReady();
        } catch (UserError e) {
            return false;
        }
    }

    /** Started, but not ready: whether that will pass. */
    private static String unready(ManagedProcess part, Optional<ManagedProcessState> state, boolean accepting) {
        if (state.map(ManagedProcessState::phase)
                .filter(ManagedProcessState.Phase.RUNNING::equals)
                .isEmpty()) {
            return state.map(ManagedProcessState::phase)
                            .filter(ManagedProcessState.Phase.STARTING::equals)
                            .isPresent()
                    ? "starting"
                    : "restarting";
        }
        if (!accepting) {
            return "not accepting";
        }
        return part.liveness(TIMEOUT).isAlive() ? "alive" : "not answering";
    }

    private static String restarts(ManagedProcessState state) {
        return state.restarts() == 0 ? "" : ", restarts: " + state.restarts();
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
