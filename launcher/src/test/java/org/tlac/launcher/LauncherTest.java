package org.tlac.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.Preflight;
import org.tlac.launcher.home.UserError;
import org.tlac.launcher.postgres.Postgres;
import org.tlac.launcher.process.Readiness;

/** The launcher as a process, with a real PostgreSQL and stubs for services. */
class LauncherTest {

    @TempDir
    private static Path folder;

    private static StubLauncher stubs;

    @BeforeAll
    static void packStub() throws IOException {
        stubs = StubLauncher.in(folder);
    }

    @Test
    void everything_startsInTheOrderOfItsNeeds_andStopsInReverse(@TempDir Path home) throws Exception {
        try (TestProcess launcher = stubs.launch(home, "first", "second")) {
            launcher.awaitLine("UP");
            assertThat(StubLauncher.steps(launcher, "is ready"))
                    .containsExactly("postgres is ready", "first is ready", "second is ready");
            launcher.terminate();
            launcher.awaitExit();
            assertThat(StubLauncher.steps(launcher, "Stopping"))
                    .containsExactly("Stopping second", "Stopping first", "Stopping postgres");
            launcher.awaitNothingLeft();
            assertThat(home.resolve("run/launcher.pid")).doesNotExist();
        }
    }

    @Test
    void launcherKilled_leavesNoProcess_andDataIsThereAfterwards(@TempDir Path home) throws Exception {
        try (TestProcess launcher = stubs.launch(home, "first")) {
            launcher.awaitLine("UP");
            try (Connection connection = stubs.database(home);
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
        try (TestProcess again = stubs.launch(home, "first")) {
            again.awaitLine("UP");
            try (Connection connection = stubs.database(home);
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
        try (TestProcess launcher = stubs.launch(home, "first")) {
            launcher.awaitLine("UP");
            for (String name : List.of("first", Postgres.NAME)) {
                String pid = StubLauncher.pid(home, name);
                ProcessHandle child = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
                child.descendants().forEach(ProcessHandle::destroyForcibly);
                child.destroyForcibly();
                TestProcess.await(() -> !StubLauncher.pid(home, name).equals(pid));
            }
            TestProcess.await(() -> Readiness.of(stubs.port(1)).isReady());
            TestProcess.await(() -> stubs.databaseAnswers(home));
            launcher.terminate();
            launcher.awaitExit();
            launcher.awaitNothingLeft();
        }
    }

    @Test
    void portTaken_isSaid_andNothingIsLeft(@TempDir Path home) throws Exception {
        try (ServerSocket taken = new ServerSocket(stubs.port(1));
                TestProcess launcher = stubs.launch(home, "first")) {
            assertThat(taken.isBound()).isTrue();
            assertThat(launcher.awaitExit()).isEqualTo(1);
            assertThat(launcher.lines())
                    .anyMatch(line -> line.startsWith("tlac: Port " + stubs.port(1) + " (first) cannot be used"));
            launcher.awaitNothingLeft();
        }
    }

    @Test
    void serviceThatDoesNotStart_isSaid_andNothingIsLeft(@TempDir Path home) throws Exception {
        try (TestProcess launcher = stubs.launch(home, "first", "failing")) {
            assertThat(launcher.awaitExit()).isEqualTo(1);
            assertThat(launcher.lines())
                    .anyMatch(line -> line.startsWith("tlac: failing does not start: a key is missing ("));
            launcher.awaitNothingLeft();
        }
    }

    @Test
    void fullDisk_isSaid_andNothingIsLeft(@TempDir Path home) throws Exception {
        try (TestProcess launcher = stubs.launch(home, "full")) {
            assertThat(launcher.awaitExit()).isEqualTo(1);
            assertThat(launcher.lines())
                    .anyMatch(line -> line.startsWith("tlac: full does not start: the disk is full"));
            launcher.awaitNothingLeft();
        }
        Home here = new Home(home, home);
        assertThatThrownBy(() -> Preflight.requireRoom(here, Long.MAX_VALUE))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("The disk is nearly full: ");
    }

    @Test
    void serviceThatIsNotReadyInTime_isSaid_andNothingIsLeft(@TempDir Path home) throws Exception {
        try (TestProcess launcher = stubs.launch(home, "mute")) {
            assertThat(launcher.awaitExit()).isEqualTo(1);
            assertThat(launcher.lines()).anyMatch(line -> line.startsWith("tlac: mute is not ready after 8 s: "));
            launcher.awaitNothingLeft();
        }
    }

    @Test
    void leftoversOfAKilledLauncher_areWaitedFor(@TempDir Path home) throws Exception {
        try (TestProcess first = stubs.launch(home, "first")) {
            first.awaitLine("UP");
            first.kill();
            try (TestProcess second = stubs.launch(home, "first")) {
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
        try (TestProcess first = stubs.launch(home, "first")) {
            first.awaitLine("UP");
            try (TestProcess second = stubs.launch(home, "first")) {
                assertThat(second.awaitExit()).isEqualTo(1);
                assertThat(second.lines()).anyMatch(line -> line.startsWith("tlac: TLAC runs already in "));
            }
            assertThat(Readiness.of(stubs.port(1)).isReady()).isTrue();
            first.terminate();
            first.awaitExit();
            first.awaitNothingLeft();
        }
    }

    @Test
    void brokenDatabase_isSaid_andNothingIsLeft(@TempDir Path home) throws Exception {
        try (TestProcess launcher = stubs.launch(home)) {
            launcher.awaitLine("UP");
            launcher.terminate();
            launcher.awaitExit();
        }
        Files.writeString(home.resolve("data/postgres/postgresql.conf"), "nonsense = true\n");
        try (TestProcess launcher = stubs.launch(home)) {
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
