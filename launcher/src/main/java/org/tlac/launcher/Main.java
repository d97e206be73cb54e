package org.tlac.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@code up}, {@code status}, {@code stop}, {@code demo}: what the script {@code tlac} calls. */
public final class Main {

    private static final int STOP_PATIENCE_SECONDS = 90;

    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        Map<String, String> environment = System.getenv();
        Path root =
                Path.of(System.getProperty("tlac.root", ".")).toAbsolutePath().normalize();
        String folder = environment.getOrDefault("TLAC_HOME", "");
        Home home = new Home(
                root, folder.isEmpty() ? root.resolve(".tlac") : Path.of(folder).toAbsolutePath());
        Console console = new Console(System.out);
        try {
            Settings settings = Settings.from(environment);
            switch (args.length == 1 ? args[0] : "") {
                case "up" -> up(home, settings, console);
                case "status" -> System.exit(new Status(home, settings).print(console) ? 0 : 1);
                case "stop" -> stop(home, console);
                case "demo" -> new Demo(home, settings, console).play();
                default -> throw new Problem("Usage: up | status | stop | demo");
            }
        } catch (Problem e) {
            System.err.println("tlac: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void up(Home home, Settings settings, Console console) throws InterruptedException {
        home.create();
        Certificates certificates = new Certificates(home.tls(), InstantSource.system());
        certificates.prepare(Certificates.machineNames());
        Launcher launcher = new Launcher(home, settings, new Services(home, settings).table(), console);
        Runtime.getRuntime().addShutdownHook(new Thread(launcher::stop, "stop"));
        launcher.start();
        welcome(home, settings, certificates, console);
        launcher.join();
    }

    private static void welcome(Home home, Settings settings, Certificates certificates, Console console) {
        String url = "https://localhost:" + settings.port(8443);
        console.say("""

                TLAC is up:  %1$s/login.html

                Trust its certificate once, by importing this authority into the browser or system:
                  %2$s

                If there is no admin yet, make the first one now:
                  curl --cacert %2$s %1$s/api/admin/bootstrap \\
                    -H 'Content-Type: application/json' \\
                    -d '{"username": "admin", "name": "Ada Admin", "password": "choose a long one"}'

                Logs: %3$s    Stop: Ctrl-C, or ./tlac down
                """.formatted(url, certificates.authority(), home.logs()));
    }

    private static void stop(Home home, Console console) throws InterruptedException {
        try {
            if (!Files.exists(home.launcherPid())) {
                console.say("TLAC does not run.");
                return;
            }
            long pid = Long.parseLong(Files.readString(home.launcherPid()).strip());
            ProcessHandle launcher = ProcessHandle.of(pid).orElse(null);
            if (launcher == null) {
                Files.deleteIfExists(home.launcherPid());
                console.say("TLAC does not run.");
                return;
            }
            launcher.destroy();
            launcher.onExit().get(STOP_PATIENCE_SECONDS, TimeUnit.SECONDS);
            console.say("TLAC is stopped.");
        } catch (IOException | NumberFormatException | ExecutionException | TimeoutException e) {
            throw new Problem("TLAC cannot be stopped", e);
        }
    }
}
