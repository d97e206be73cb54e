package org.tlac.launcher;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tlac.launcher.home.Console;
import org.tlac.launcher.home.Disk;
import org.tlac.launcher.home.DiskWatch;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.HomeLock;
import org.tlac.launcher.home.Preflight;
import org.tlac.launcher.home.Settings;
import org.tlac.launcher.home.UserError;
import org.tlac.launcher.logs.Logs;
import org.tlac.launcher.postgres.Postgres;
import org.tlac.launcher.process.ManagedProcess;
import org.tlac.launcher.process.OrphanProcesses;
import org.tlac.launcher.services.Service;
import org.tlac.launcher.services.ServiceSpec;

/** The launcher as a process of its own, with a table of stubs in place of the services: what tests kill. */
public final class LauncherMain {

    private static final ServiceSpec.Memory LITTLE = new ServiceSpec.Memory(32, 32);

    /** As in production, but for what a test would have to wait for. */
    private static final Map<String, String> HURRIED = Map.of(
            "TLAC_START_TIMEOUT", "PT8S",
            "TLAC_BACKOFF_FIRST", "PT0.2S",
            "TLAC_BACKOFF_LONGEST", "PT2S",
            "TLAC_BACKOFF_LONGESTDATABASE", "PT1S");

    private LauncherMain() {}

    /** Arguments: home, jar of the stub, port offset, then a service's name and port each, the next needing the one before. */
    public static void main(String[] args) throws InterruptedException {
        Home home = new Home(Path.of(args[0]), Path.of(args[0]));
        Settings settings = new Settings(Integer.parseInt(args[2]), "127.0.0.1");
        Console console = new Console(System.out);
        home.create();
        Map<String, String> environment = new HashMap<>(HURRIED);
        environment.putAll(System.getenv());
        LauncherConfig config = LauncherConfig.from(environment, home);
        Logs logs = new Logs(home, config.logs());
        try (HomeLock lock = HomeLock.acquire(home, settings)) {
            new OrphanProcesses(home, console, Duration.ofSeconds(10)).awaitAll();
            new DiskWatch(new Disk(home, config.disk())::room, console).start(config.disk());
            List<ManagedProcess> parts = new ArrayList<>();
            parts.add(new Postgres(home, logs, settings.port(Settings.DATABASE_PORT), console));
            Preflight.requireFree(Postgres.NAME, settings.port(Settings.DATABASE_PORT));
            for (int i = 3; i < args.length; i += 2) {
                int port = Integer.parseInt(args[i + 1]);
                Preflight.requireFree(args[i], port);
                parts.add(stub(
                        home, logs, args[i], Path.of(args[1]), parts.getLast().name(), port));
            }
            Main.run(new Launcher(parts, home, config, console), lock, console, "TLAC", () -> console.say("UP"));
        } catch (UserError e) {
            System.out.println("tlac: " + e.getMessage());
            System.exit(1);
        }
    }

    private static Service stub(Home home, Logs logs, String name, Path jar, String need, int port) {
        Map<String, String> environment = Map.of("STUB", name, "MANAGEMENT_PORT", Integer.toString(port));
        return new Service(
                home, logs, new ServiceSpec(name, jar, List.of(need), List.of(port), port, LITTLE, environment));
    }
}
