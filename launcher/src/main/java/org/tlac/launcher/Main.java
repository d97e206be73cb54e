package org.tlac.launcher;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.tlac.launcher.certificates.Certificates;
import org.tlac.launcher.certificates.MachineNames;
import org.tlac.launcher.client.Demo;
import org.tlac.launcher.containers.ContainerSetup;
import org.tlac.launcher.home.Console;
import org.tlac.launcher.home.Disk;
import org.tlac.launcher.home.DiskWatch;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.HomeLock;
import org.tlac.launcher.home.Installed;
import org.tlac.launcher.home.Preflight;
import org.tlac.launcher.home.Settings;
import org.tlac.launcher.home.UserError;
import org.tlac.launcher.logs.Logs;
import org.tlac.launcher.monitoring.Monitoring;
import org.tlac.launcher.postgres.Postgres;
import org.tlac.launcher.process.ExternalProgram;
import org.tlac.launcher.process.ManagedProcess;
import org.tlac.launcher.process.OrphanProcesses;
import org.tlac.launcher.services.Service;
import org.tlac.launcher.services.ServiceSpec;
import org.tlac.launcher.services.Services;

/**
 * {@code up}, {@code monitor}, {@code status}, {@code stop}, {@code demo}: what the script {@code tlac} calls; {@code secrets} and {@code provision}: what
 * containers need done before services start.
 */
public final class Main {

    private static final Duration STOP_PATIENCE = Duration.ofMinutes(2);
    private static final Duration LEFTOVER_GRACE = Duration.ofSeconds(20);

    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        Map<String, String> environment = System.getenv();
        Path root =
                Path.of(System.getProperty("tlac.root", ".")).toAbsolutePath().normalize();
        String folder = environment.getOrDefault("TLAC_HOME", "");
        Home home = new Home(
                root,
                folder.isEmpty()
                        ? root.resolve(".tlac")
                        : Path.of(folder).toAbsolutePath().normalize());
        Console console = new Console(System.out);
        try {
            switch (args.length == 1 ? args[0] : "") {
                case "up" -> up(home, Settings.from(environment), LauncherConfig.from(environment, home), console);
                case "monitor" -> monitor(home, environment, console);
                case "status" -> System.exit(status(home, environment, console) ? 0 : 1);
                case "stop" -> stop(home, console);
                case "demo" -> new Demo(home, running(home).settings(), console).play();
                case "secrets" ->
                    ContainerSetup.from(environment, home, console).makeSecrets();
                case "provision" ->
                    ContainerSetup.from(environment, home, console).provision();
                default -> throw new UserError("Usage: up | monitor | status | stop | demo | secrets | provision");
            }
        } catch (UserError e) {
            System.err.println("tlac: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void up(Home home, Settings settings, LauncherConfig config, Console console)
            throws InterruptedException {
        home.create();
        try (HomeLock lock = HomeLock.acquire(home, settings)) {
            new OrphanProcesses(home, console, LEFTOVER_GRACE).awaitAll();
            new Certificates(home.tls(), InstantSource.system()).prepare(MachineNames.all());
            List<ServiceSpec> table = new Services(home, settings).table();
            check(home, settings, table);
            new DiskWatch(new Disk(home, config.disk())::room, console).start(config.disk());
            List<ManagedProcess> parts = parts(home, new Logs(home, config.logs()), settings, table, console);
            Launcher launcher = new Launcher(parts, home, config, console);
            run(launcher, lock, console, "TLAC", () -> console.say(Welcome.text(home, settings)));
        }
    }

    /** Beside a TLAC that runs, which then says at which ports; or before it, with those of the environment. */
    private static void monitor(Home home, Map<String, String> environment, Console console)
            throws InterruptedException {
        Settings settings =
                HomeLock.holder(home).map(HomeLock.Holder::settings).orElseGet(() -> Settings.from(environment));
        Home own = home.monitoring();
        if (HomeLock.holder(own).isPresent()) {
            throw new UserError("Monitoring runs already: ./tlac status shows it, ./tlac down stops it.");
        }
        home.create();
        try (HomeLock lock = HomeLock.acquire(own, settings)) {
            new OrphanProcesses(own, console, LEFTOVER_GRACE).awaitAll();
            LauncherConfig config = LauncherConfig.from(environment, home);
            Monitoring monitoring = new Monitoring(home, config.logs(), settings, installed(environment));
            List<ExternalProgram> programs = monitoring.programs();
            monitoring.prepare(programs);
            Launcher launcher = new Launcher(programs, own, config, console);
            run(launcher, lock, console, "Monitoring", () -> console.say(monitoring.welcome(programs)));
        }
    }

    private static void check(Home home, Settings settings, List<ServiceSpec> table) {
        Services.requireBuilt(table);
        Preflight.requireRoom(home, Preflight.MIN_FREE_BYTES);
        Preflight.requireFree(Postgres.NAME, settings.port(Settings.DATABASE_PORT));
        table.forEach(spec -> spec.ports().forEach(port -> Preflight.requireFree(spec.name(), port)));
    }

    private static List<ManagedProcess> parts(
            Home home, Logs logs, Settings settings, List<ServiceSpec> table, Console console) {
        List<ManagedProcess> parts = new ArrayList<>();
        parts.add(new Postgres(home, logs, settings.port(Settings.DATABASE_PORT), console));
        table.forEach(spec -> parts.add(new Service(home, logs, spec)));
        return parts;
    }

    private static Installed installed(Map<String, String> environment) {
        return Installed.on(environment.getOrDefault("PATH", ""));
    }

    /**
     * Runs until a signal asks for the end, and stops everything then.
     *
     * @param what runs, in words
     * @throws UserError when it cannot start
     */
    static void run(Launcher launcher, HomeLock lock, Console console, String what, Runnable whenUp)
            throws InterruptedException {
        Thread stop = new Thread(
                () -> {
                    launcher.stop();
                    lock.close();
                    console.say(what + " is stopped.");
                },
                "stop");
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            launcher.start();
        } catch (UserError e) {
            if (isStoppedBySignal(stop)) {
                // What could not start could not because it was being stopped.
                stop.join();
                return;
            }
            throw e;
        }
        whenUp.run();
        launcher.join();
    }

    private static boolean isStoppedBySignal(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    private static HomeLock.Holder running(Home home) {
        return HomeLock.holder(home)
                .orElseThrow(() -> new UserError("TLAC does not run in " + home.folder() + ": ./tlac up starts it."));
    }

    private static boolean status(Home home, Map<String, String> environment, Console console) {
        Status status = new Status(home, LauncherConfig.from(environment, home), console);
        HomeLock.holder(home.monitoring())
                .ifPresent(monitor -> status.printMonitoring(monitor, installed(environment)));
        return status.print(running(home));
    }

    /** Monitoring first: what is being stopped is no incident. */
    private static void stop(Home home, Console console) throws InterruptedException {
        HomeLock.Holder monitoring = HomeLock.holder(home.monitoring()).orElse(null);
        HomeLock.Holder tlac = HomeLock.holder(home).orElse(null);
        if (monitoring != null) {
            stop("Monitoring", monitoring.process(), console);
        }
        if (tlac != null) {
            stop("TLAC", tlac.process(), console);
        }
        if (monitoring == null && tlac == null) {
            console.say("TLAC does not run in " + home.folder() + ".");
        }
    }

    private static void stop(String what, ProcessHandle launcher, Console console) throws InterruptedException {
        console.say("Stopping " + what + " (process " + launcher.pid() + ")");
        if (!launcher.destroy()) {
            throw new UserError(what + " is another user's: process " + launcher.pid() + " is not ours to stop.");
        }
        try {
            launcher.onExit().get(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new UserError(what + " does not stop within two minutes: process " + launcher.pid(), e);
        }
        console.say(what + " is stopped.");
    }
}
