package org.tlac.launcher;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * {@code up}, {@code status}, {@code stop}, {@code demo}: what the script {@code tlac} calls; {@code secrets} and {@code provision}: what
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
                case "up" -> up(home, Settings.from(environment), console);
                case "status" -> System.exit(status(home, console) ? 0 : 1);
                case "stop" -> stop(home, console);
                case "demo" -> new Demo(home, running(home).settings(), console).play();
                case "secrets" ->
                    ContainerSetup.from(environment, home, console).makeSecrets();
                case "provision" ->
                    ContainerSetup.from(environment, home, console).provision();
                default -> throw new Problem("Usage: up | status | stop | demo | secrets | provision");
            }
        } catch (Problem e) {
            System.err.println("tlac: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void up(Home home, Settings settings, Console console) throws InterruptedException {
        try (HomeLock lock = HomeLock.acquire(home, settings)) {
            new Leftovers(home, console, LEFTOVER_GRACE).awaitAll();
            new Certificates(home.tls(), InstantSource.system()).prepare(MachineNames.all());
            List<ServiceSpec> table = new Services(home, settings).table();
            check(home, settings, table);
            run(new Launcher(parts(home, settings, table, console), Patience.STANDARD, console), lock, console, () -> {
                console.say(Welcome.text(home, settings));
            });
        }
    }

    private static void check(Home home, Settings settings, List<ServiceSpec> table) {
        Preflight.requireBuilt(table);
        Preflight.requireRoom(home, Preflight.MIN_FREE_BYTES);
        Preflight.requireFree(Postgres.NAME, settings.port(Settings.DATABASE_PORT));
        table.forEach(spec -> spec.ports().forEach(port -> Preflight.requireFree(spec.name(), port)));
    }

    private static List<Part> parts(Home home, Settings settings, List<ServiceSpec> table, Console console) {
        List<Part> parts = new ArrayList<>();
        parts.add(new Postgres(home, settings.port(Settings.DATABASE_PORT), console));
        table.forEach(spec -> parts.add(new Service(home, spec)));
        return parts;
    }

    /** Runs until a signal asks for the end, and stops everything then. @throws Problem when it cannot start */
    static void run(Launcher launcher, HomeLock lock, Console console, Runnable whenUp) throws InterruptedException {
        Thread stop = new Thread(
                () -> {
                    launcher.stop();
                    lock.close();
                    console.say("TLAC is stopped.");
                },
                "stop");
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            launcher.start();
        } catch (Problem e) {
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
                .orElseThrow(() -> new Problem("TLAC does not run in " + home.folder() + ": ./tlac up starts it."));
    }

    private static boolean status(Home home, Console console) {
        return new Status(home, console).print(running(home));
    }

    private static void stop(Home home, Console console) throws InterruptedException {
        Optional<HomeLock.Holder> holder = HomeLock.holder(home);
        if (holder.isEmpty()) {
            console.say("TLAC does not run in " + home.folder() + ".");
            return;
        }
        ProcessHandle launcher = holder.get().process();
        console.say("Stopping TLAC (process " + launcher.pid() + ")");
        if (!launcher.destroy()) {
            throw new Problem("TLAC is another user's: process " + launcher.pid() + " is not ours to stop.");
        }
        try {
            launcher.onExit().get(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new Problem("TLAC does not stop within two minutes: process " + launcher.pid(), e);
        }
        console.say("TLAC is stopped.");
    }
}
