package org.tlac.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as a process, with a real PostgreSQL and stubs for services. */
class LauncherTest {

    private static final int OFFSET = FreePorts.offset();
    private static final int FIRST = 9081 + OFFSET;
    private static final int SECOND = 9082 + OFFSET;

    @TempDir
    private static Path folder;

    private static Path jar;

    @BeforeAll
    static void packStub() throws IOException {
        jar = folder.resolve("stub.jar");
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
    }

    /** @param services names and ports, the next needing the one before */
    private static TestProcess launch(Path home, Object... services) {
        List<String> arguments = new ArrayList<>(List.of(home.toString(), jar.toString(), Integer.toString(OFFSET)));
        Stream.of(services).map(Object::toString).forEach(arguments::add);
        return TestProcess.java(LauncherMain.class, Map.of(), List.of(), arguments);
    }

    private static Connection database(Path home) throws SQLException {
        String password = new Home(home, home).secretText(TlacDatabase.passwordName("auth"));
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + (Settings.DATABASE_PORT + OFFSET) + "/tlac", "auth", password);
    }

    private static List<String> steps(TestProcess launcher, String what) {
        return launcher.lines().stream()
                .filter(line -> line.contains(what))
                .map(line -> line.substring(line.indexOf('s') + 1).strip())
                .toList();
    }

    @Test
    void everything_startsInTheOrderOfItsNeeds_andStopsInReverse(@TempDir Path home) throws Exception {
        try (TestProcess launcher = launch(home, "first", FIRST, "second", SECOND)) {
            launcher.awaitLine("UP");
            assertThat(steps(launcher, "is ready"))
                    .containsExactly("postgres is ready", "first is ready", "second is ready");
            launcher.terminate();
            launcher.awaitExit();
            assertThat(steps(launcher, "Stopping"))
                    .containsExactly("Stopping second", "Stopping first", "Stopping postgres");
            launcher.awaitNothingLeft();
            assertThat(home.resolve("run/launcher.pid")).doesNotExist();
        }
    }

    @Test
    void launcherKilled_leavesNoProcess_andDataIsThereAfterwards(@TempDir Path home) throws Exception {
        try (TestProcess launcher = launch(home, "first", FIRST)) {
            launcher.awaitLine("UP");
            try (Connection connection = database(home);
                    Statement statement = connection.createStatement()) {
                statement.execute("create table auth.kept (id int)");
                statement.execute("insert into auth.kept values (42)");
            }
            launcher.kill();
            assertThat(launcher.descendants().size()).isGreaterThan(2);
            launcher.awaitNothingLeft();
            // As after a power cut: the number in it may be anybody's by now.
            Files.writeString(
                    home.resolve("data/postgres/postmaster.pid"),
                    ProcessHandle.current().pid() + "\n");
        }
        try (TestProcess again = launch(home, "first", FIRST)) {
            again.awaitLine("UP");
            try (Connection connection = database(home);
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select id from auth.kept")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getInt(1)).isEqualTo(42);
            }
            again.terminate();
            again.awaitExit();
            again.awaitNothingLeft();
        }
    }

    @Test
    void childrenThatDie_areStartedAgain(@TempDir Path home) throws Exception {
        try (TestProcess launcher = launch(home, "first", FIRST)) {
            launcher.awaitLine("UP");
            for (String name : List.of("first", Postgres.NAME)) {
                Path pidFile = home.resolve("run").resolve(name + ".pid");
                String pid = Files.readString(pidFile);
                ProcessHandle child = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
                child.descendants().forEach(ProcessHandle::destroyForcibly);
                child.destroyForcibly();
                TestProcess.await(() -> !read(pidFile).equals(pid));
            }
            TestProcess.await(() -> Readiness.of(FIRST).isReady());
            TestProcess.await(() -> {
                try (Connection connection = database(home)) {
                    return connection.isValid(1);
                } catch (SQLException e) {
                    return false;
                }
            });
            launcher.terminate();
            launcher.awaitExit();
            launcher.awaitNothingLeft();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void portTaken_isSaid_andNothingIsLeft(@TempDir Path home) throws Exception {
        try (ServerSocket taken = new ServerSocket(FIRST);
                TestProcess launcher = launch(home, "first", FIRST)) {
            assertThat(taken.isBound()).isTrue();
            assertThat(launcher.awaitExit()).isEqualTo(1);
            assertThat(launcher.lines())
                    .anyMatch(line -> line.startsWith("tlac: Port " + FIRST + " (first) cannot be used"));
            launcher.awaitNothingLeft();
        }
    }

    @Test
    void serviceThatDoesNotStart_isSaid_andNothingIsLeft(@TempDir Path home) throws Exception {
        try (TestProcess launcher = launch(home, "first", FIRST, "failing", SECOND)) {
            assertThat(launcher.awaitExit()).isEqualTo(1);
            assertThat(launcher.lines())
                    .anyMatch(line -> line.startsWith("tlac: failing does not start: a key is missing ("));
            launcher.awaitNothingLeft();
        }
    }

    @Test
    void fullDisk_isSaid_andNothingIsLeft(@TempDir Path home) throws Exception {
        try (TestProcess launcher = launch(home, "full", FIRST)) {
            assertThat(launcher.awaitExit()).isEqualTo(1);
            assertThat(launcher.lines())
                    .anyMatch(line -> line.startsWith("tlac: full does not start: the disk is full"));
            launcher.awaitNothingLeft();
        }
        Home here = new Home(home, home);
        assertThatThrownBy(() -> Preflight.requireRoom(here, Long.MAX_VALUE))
                .isInstanceOf(Problem.class)
                .hasMessageStartingWith("The disk is nearly full: ");
    }

    @Test
    void serviceThatIsNotReadyInTime_isSaid_andNothingIsLeft(@TempDir Path home) throws Exception {
        try (TestProcess launcher = launch(home, "mute", FIRST)) {
            assertThat(launcher.awaitExit()).isEqualTo(1);
            assertThat(launcher.lines()).anyMatch(line -> line.startsWith("tlac: mute is not ready after 8 s: "));
            launcher.awaitNothingLeft();
        }
    }

    @Test
    void leftoversOfAKilledLauncher_areWaitedFor(@TempDir Path home) throws Exception {
        try (TestProcess first = launch(home, "first", FIRST)) {
            first.awaitLine("UP");
            first.kill();
            try (TestProcess second = launch(home, "first", FIRST)) {
                second.awaitLine("UP");
                first.awaitNothingLeft();
                second.terminate();
                second.awaitExit();
                second.awaitNothingLeft();
            }
        }
    }

    @Test
    void secondLauncher_isToldAboutTheFirst(@TempDir Path home) throws Exception {
        try (TestProcess first = launch(home, "first", FIRST)) {
            first.awaitLine("UP");
            try (TestProcess second = launch(home, "first", FIRST)) {
                assertThat(second.awaitExit()).isEqualTo(1);
                assertThat(second.lines()).anyMatch(line -> line.startsWith("tlac: TLAC runs already in "));
            }
            assertThat(Readiness.of(FIRST).isReady()).isTrue();
            first.terminate();
            first.awaitExit();
            first.awaitNothingLeft();
        }
    }

    @Test
    void brokenDatabase_isSaid_andNothingIsLeft(@TempDir Path home) throws Exception {
        try (TestProcess launcher = launch(home)) {
            launcher.awaitLine("UP");
            launcher.terminate();
            launcher.awaitExit();
        }
        Files.writeString(home.resolve("data/postgres/postgresql.conf"), "nonsense = true\n");
        try (TestProcess launcher = launch(home)) {
            assertThat(launcher.awaitExit()).isEqualTo(1);
            assertThat(launcher.lines()).anyMatch(line -> line.startsWith("tlac: postgres does not start: "));
            launcher.awaitNothingLeft();
        }
    }

    @Test
    void secrets_areTheirOwnersAlone(@TempDir Path folder) throws Exception {
        Home home = new Home(folder, folder.resolve("home"));
        home.create();
        Path secret = home.secret("x");
        assertThat(Files.getPosixFilePermissions(secret)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.getPosixFilePermissions(home.secrets()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"))
                .doesNotContain(PosixFilePermission.GROUP_READ);
        String text = home.secretText("x");
        assertThat(text).hasSize(43);
        assertThat(home.secretText("x")).isEqualTo(text);
        assertThat(home.secretText("y")).isNotEqualTo(text);
    }
}
