package org.tlac.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.postgres.Postgres;
import org.tlac.launcher.process.ManagedProcessState;
import org.tlac.launcher.process.OwnProcesses;
import org.tlac.launcher.process.Readiness;

/** Parts that run and do not work, with the watchdog's defaults. What is 15 s on a machine of its own may take twice that here. */
class WatchdogTest {

    private static final Duration RETURN = Duration.ofSeconds(30);

    @TempDir
    private static Path folder;

    private static StubLauncher stubs;
    private static Path home;
    private static TestProcess launcher;

    @BeforeAll
    static void up() throws IOException {
        stubs = StubLauncher.in(folder);
        home = folder.resolve("home");
        launcher = stubs.launch(home, "first");
        launcher.awaitLine("UP");
    }

    @AfterAll
    static void down() throws InterruptedException {
        launcher.terminate();
        launcher.awaitExit();
        launcher.awaitNothingLeft();
        launcher.close();
    }

    /** Hangs it, and waits until another process is in its place that works. */
    private static void assertIsBack(String name, Hang hang) throws Exception {
        String pid = StubLauncher.pid(home, name);
        List<ProcessHandle> before = StubLauncher.processes(home, name);
        long start = System.nanoTime();
        hang.run();
        TestProcess.await(() -> !StubLauncher.pid(home, name).equals(pid));
        TestProcess.await(() -> name.equals(Postgres.NAME)
                ? stubs.databaseAnswers(home)
                : Readiness.of(stubs.port(1)).isReady());
        Duration away = Duration.ofNanos(System.nanoTime() - start);
        System.out.printf("%s was away for %.1f s%n", name, away.toMillis() / 1e3);
        assertThat(away).isLessThan(RETURN);
        assertThat(before).isNotEmpty().noneMatch(TestProcess::runs);
        assertThat(StubLauncher.steps(launcher, name + " does not answer (")).isNotEmpty();
    }

    private interface Hang {
        void run() throws Exception;
    }

    @Test
    void serviceThatIsHalted_isStartedAgain() throws Exception {
        assertIsBack("first", () -> StubLauncher.signal("STOP", StubLauncher.processes(home, "first")));
        assertThat(ManagedProcessState.read(new Home(home, home), "first"))
                .hasValueSatisfying(state -> assertThat(state.restarts()).isGreaterThan(0));
    }

    @Test
    void databaseThatIsHalted_withItsBackends_isStartedAgain_andKeepsItsData() throws Exception {
        try (Connection open = stubs.database(home);
                Statement statement = open.createStatement()) {
            statement.execute("create table auth.halted (id int)");
            statement.execute("insert into auth.halted values (7)");
            assertIsBack(Postgres.NAME, () -> StubLauncher.signal("STOP", StubLauncher.processes(home, Postgres.NAME)));
        } catch (SQLException e) {
            // The connection was cut.
        }
        try (Connection again = stubs.database(home);
                Statement statement = again.createStatement();
                ResultSet row = statement.executeQuery("select id from auth.halted")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getInt(1)).isEqualTo(7);
        }
    }

    /** A SIGTERM to the postmaster: it waits for its clients, and lets nobody else in. */
    @Test
    void databaseThatWaitsForAClientToLeave_isStartedAgain() throws Exception {
        try (Connection open = stubs.database(home)) {
            assertThat(open.isValid(1)).isTrue();
            ProcessHandle postmaster =
                    new OwnProcesses(new Home(home, home)).servers().getFirst();
            assertIsBack(Postgres.NAME, () -> StubLauncher.signal("TERM", List.of(postmaster)));
        }
    }

    /** Backends crash; the postmaster starts over by itself. */
    @Test
    void databaseThatRecoversByItself_isLeftAlone() throws Exception {
        ProcessHandle postmaster =
                new OwnProcesses(new Home(home, home)).servers().getFirst();
        try (Connection open = stubs.database(home);
                Statement statement = open.createStatement();
                ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            StubLauncher.signal(
                    "KILL", ProcessHandle.of(row.getLong(1)).map(List::of).orElseThrow());
        }
        TestProcess.await(() -> stubs.databaseAnswers(home));
        assertThat(new OwnProcesses(new Home(home, home)).servers().getFirst()).isEqualTo(postmaster);
    }

    /** With no more than the back-off's cap (1 s here) and the start between one kill and the next. */
    @Test
    void databaseThatIsKilledTwentyTimes_isBackEachTime() throws Exception {
        for (int i = 0; i < 20; i++) {
            List<ProcessHandle> before = StubLauncher.processes(home, Postgres.NAME);
            String pid = StubLauncher.pid(home, Postgres.NAME);
            long start = System.nanoTime();
            before.forEach(ProcessHandle::destroyForcibly);
            TestProcess.await(() -> !StubLauncher.pid(home, Postgres.NAME).equals(pid));
            TestProcess.await(() -> stubs.databaseAnswers(home));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(RETURN);
        }
        assertThat(StubLauncher.steps(launcher, "Starting it again in").stream()
                        .filter(step -> step.startsWith(Postgres.NAME)))
                .hasSizeGreaterThanOrEqualTo(20)
                .allMatch(
                        step -> Stream.of("0.2", "0.4", "0.8", "1.0").anyMatch(pause -> step.endsWith(pause + " s.")));
    }

    /** It says that it is ready, and that it is not alive: it is ended again and again, later and later. */
    @Test
    void serviceThatIsNotAlive_isStartedAgain_untilItIs(@TempDir Path own) throws Exception {
        StubLauncher others = StubLauncher.in(own);
        try (TestProcess deaf = others.launch(own.resolve("home"), "deaf")) {
            deaf.awaitLine("UP");
            TestProcess.await(() -> StubLauncher.steps(deaf, "deaf hung").size() == 2);
            assertThat(StubLauncher.steps(deaf, "deaf does not answer (503")).hasSizeGreaterThanOrEqualTo(2);
            assertThat(StubLauncher.steps(deaf, "deaf hung"))
                    .satisfiesExactly(
                            step -> assertThat(step).endsWith("0.2 s."),
                            step -> assertThat(step).endsWith("0.4 s."));
            assertThat(StubLauncher.steps(deaf, "postgres does not answer")).isEmpty();
            deaf.terminate();
            deaf.awaitExit();
            deaf.awaitNothingLeft();
        }
    }

    /** Five seconds are longer than the watchdog's patience, and shorter than the start-up time-out. */
    @Test
    void serviceThatStartsSlowly_isLeftAlone_atEachOfItsStarts(@TempDir Path own) throws Exception {
        StubLauncher others = StubLauncher.in(own);
        Path there = own.resolve("home");
        try (TestProcess late = others.launch(there, "late")) {
            late.awaitLine("UP");
            String pid = StubLauncher.pid(there, "late");
            StubLauncher.processes(there, "late").forEach(ProcessHandle::destroyForcibly);
            TestProcess.await(
                    () -> !StubLauncher.steps(late, "late is ready again").isEmpty());
            assertThat(StubLauncher.pid(there, "late")).isNotEqualTo(pid);
            assertThat(StubLauncher.steps(late, "does not answer")).isEmpty();
            late.terminate();
            late.awaitExit();
            late.awaitNothingLeft();
        }
    }

    /** Stopping takes longer than the watchdog's patience, as the service is halted. */
    @Test
    void serviceThatDoesNotAnswerWhileItIsStopped_isNotStartedAgain(@TempDir Path own) throws Exception {
        StubLauncher others = StubLauncher.in(own);
        Path there = own.resolve("home");
        try (TestProcess halted = others.launch(there, "first")) {
            halted.awaitLine("UP");
            halted.descendants();
            StubLauncher.signal("STOP", StubLauncher.processes(there, "first"));
            halted.terminate();
            halted.awaitExit();
            halted.awaitNothingLeft();
            assertThat(StubLauncher.steps(halted, "Stopping first")).hasSize(1);
            assertThat(StubLauncher.steps(halted, "does not answer")).isEmpty();
            assertThat(StubLauncher.steps(halted, "Starting it again")).isEmpty();
        }
    }
}
