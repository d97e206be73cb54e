package org.tlac.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The launcher as a process of its own, with a table of stubs in place of the services: what tests kill. */
public final class LauncherMain {

    private LauncherMain() {}

    /** Arguments: home, jar of the stub, port offset, then a service's name and port each, the next needing the one before. */
    public static void main(String[] args) throws InterruptedException {
        Home home = new Home(Path.of(args[0]), Path.of(args[0]));
        Settings settings = new Settings(Integer.parseInt(args[2]), "127.0.0.1");
        List<ServiceSpec> table = new ArrayList<>();
        for (int i = 3; i < args.length; i += 2) {
            table.add(stub(
                    args[i],
                    Path.of(args[1]),
                    table.isEmpty() ? Postgres.NAME : table.getLast().name(),
                    args[i + 1]));
        }
        try {
            Launcher launcher = new Launcher(home, settings, table, new Console(System.out));
            Runtime.getRuntime().addShutdownHook(new Thread(launcher::stop));
            launcher.start();
            System.out.println("UP");
            launcher.join();
        } catch (Problem e) {
            System.out.println("tlac: " + e.getMessage());
            System.exit(1);
        }
    }

    private static ServiceSpec stub(String name, Path jar, String need, String port) {
        Map<String, String> environment = name.startsWith("failing")
                ? Map.of("STUB_FAILS", "1", "MANAGEMENT_PORT", port)
                : Map.of("MANAGEMENT_PORT", port);
        return new ServiceSpec(
                name, jar, List.of(need), List.of(Integer.parseInt(port)), Integer.parseInt(port), 32, environment);
    }
}
