package org.tlac.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.Settings;
import org.tlac.launcher.postgres.TlacDatabase;
import org.tlac.launcher.process.OwnProcesses;

/**
 * Launchers as processes, with a real PostgreSQL and stubs for services.
 *
 * @param jar of the stub
 * @param offset of every port
 */
record StubLauncher(Path jar, int offset) {

    /** @param folder where the stub's jar is put */
    static StubLauncher in(Path folder) throws IOException {
        Path jar = folder.resolve("stub.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, StubMain.class.getName());
        String name = StubMain.class.getName().replace('.', '/') + ".class";
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream archive = new JarOutputStream(out, manifest);
                InputStream in = Objects.requireNonNull(StubMain.class.getResourceAsStream("/" + name))) {
            archive.putNextEntry(new JarEntry(name));
            in.transferTo(archive);
        }
        return new StubLauncher(jar, FreePorts.offset());
    }

    /** The management port of the first service, the second and so on. */
    int port(int number) {
        return 9080 + number + offset;
    }

    /** @param services names, each needing the one before */
    TestProcess launch(Path home, String... services) {
        return launch(home, Map.of(), services);
    }

    /** @param environment the launcher's own configuration */
    TestProcess launch(Path home, Map<String, String> environment, String... services) {
        List<String> arguments = new ArrayList<>(List.of(home.toString(), jar.toString(), Integer.toString(offset)));
        for (int i = 0; i < services.length; i++) {
            arguments.addAll(List.of(services[i], Integer.toString(port(i + 1))));
        }
        return TestProcess.java(LauncherMain.class, environment, List.of(), arguments);
    }

    Connection database(Path home) throws SQLException {
        String password = new Home(home, home).secretText(TlacDatabase.passwordName("auth"));
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + (Settings.DATABASE_PORT + offset) + "/tlac", "auth", password);
    }

    boolean databaseAnswers(Path home) {
        try (Connection connection = database(home)) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    /** What it said of that, without the time. */
    static List<String> steps(TestProcess launcher, String what) {
        return launcher.lines().stream()
                .filter(line -> line.contains(what))
                .map(line -> line.substring(line.indexOf('s') + 1).strip())
                .toList();
    }

    /** A part's process and everything below it, or nothing while there is none. */
    static List<ProcessHandle> processes(Path home, String name) {
        return new OwnProcesses(new Home(home, home))
                .child(name)
                .map(process ->
                        Stream.concat(Stream.of(process), process.descendants()).toList())
                .orElse(List.of());
    }

    /** The number of a part's process as its file has it. */
    static String pid(Path home, String name) {
        try {
            return Files.readString(home.resolve("run").resolve(name + ".pid"));
        } catch (IOException e) {
            return "";
        }
    }

    static void signal(String signal, List<ProcessHandle> processes) throws IOException, InterruptedException {
        for (ProcessHandle process : processes) {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        }
    }
}
