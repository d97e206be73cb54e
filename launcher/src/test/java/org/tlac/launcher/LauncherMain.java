package org.tlac.launcher;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The launcher as a process of its own, with a table of stubs in place of the services: what tests kill. */
public final class LauncherMain {

    private static final ServiceSpec.Memory LITTLE = new ServiceSpec.Memory(32, 32);

    /** As in production, but for what a test would have to wait for. */
    private static final Patience PATIENCE =
            new Patience(Duration.ofSeconds(8), Duration.ofMillis(200), Duration.ofSeconds(2), Duration.ofSeconds(60));

    private LauncherMain() {}

    /** Arguments: home, jar of the stub, port offset, then a service's name and port each, the next needing the one before. */
    public static void main(String[] args) throws InterruptedException {
        Home home = new Home(Path.of(args[0]), Path.of(args[0]));
        Settings settings = new Settings(Integer.parseInt(args[2]), "127.0.0.1");
        Console console = new Console(System.out);
        home.create();
        try (HomeLock lock = HomeLock.acquire(home, settings)) {
            new Leftovers(home, console, Duration.ofSeconds(10)).awaitAll();
            List<Part> parts = new ArrayList<>();
            parts.add(new Postgres(home, settings.port(Settings.DATABASE_PORT), console));
            Preflight.requireFree(Postgres.NAME, settings.port(Settings.DATABASE_PORT));
            for (int i = 3; i < args.length; i += 2) {
                int port = Integer.parseInt(args[i + 1]);
                Preflight.requireFree(args[i], port);
                parts.add(stub(home, args[i], Path.of(args[1]), parts.getLast().name(), port));
            }
            Main.run(new Launcher(parts, PATIENCE, console), lock, console, "TLAC", () -> console.say("UP"));
        } catch (Problem e) {
            System.out.println("tlac: " + e.getMessage());
            System.exit(1);
        }
    }

    private static Service stub(Home home, String name, Path jar, String need, int port) {
        Map<String, String> environment = Map.of("STUB", name, "MANAGEMENT_PORT", Integer.toString(port));
        return new Service(home, new ServiceSpec(name, jar, List.of(need), List.of(port), port, LITTLE, environment));
    }
}
