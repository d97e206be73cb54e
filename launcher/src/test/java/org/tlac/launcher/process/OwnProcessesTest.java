package org.tlac.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tlac.launcher.TestProcess;
import org.tlac.launcher.home.Console;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.UserError;

/** What {@code up} ends of what it finds, and what it leaves alone: real processes that stand where ours do. */
class OwnProcessesTest {

    @TempDir
    private Path folder;

    private final List<Process> started = new ArrayList<>();
    private Home home;
    private OrphanProcesses leftovers;

    @BeforeEach
    void create() throws IOException {
        home = new Home(folder, folder.resolve("home"));
        home.create();
        Files.createDirectories(home.postgresData());
        Console silent = new Console(new PrintStream(OutputStream.nullOutputStream()));
        leftovers = new OrphanProcesses(home, silent, Duration.ofMillis(500));
    }

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    /** A process that does nothing, and whose numbers anybody may have written down. */
    private Process idle(Path program, Path where, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(program.toString(), "600").directory(where.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        started.add(process);
        TestProcess.await(() ->
                ProcessHandle.of(process.pid()).flatMap(p -> p.info().command()).isPresent());
        return process;
    }

    private static Path sleep() {
        return Path.of("/bin/sleep");
    }

    private void writePid(String name, Process process) throws IOException {
        Files.writeString(home.pid(name), Long.toString(process.pid()));
    }

    @Test
    void processThatStandsInTheDatabasesFolder_survives() throws Exception {
        Process shell = idle(sleep(), home.postgresData(), Map.of());
        leftovers.awaitAll();
        leftovers.awaitServers();
        assertThat(shell.isAlive()).isTrue();
    }

    /** Not even one whose number is in our files, with our folder in its environment, is ours without its own part's mark. */
    @Test
    void processWithANumberOfOurFiles_survives() throws Exception {
        Process stranger =
                idle(sleep(), home.folder(), Map.of("TLAC_HOME", home.folder().toString()));
        writePid("first", stranger);
        Process another = idle(sleep(), home.folder(), Map.of(OwnProcesses.MARK, OwnProcesses.mark(home, "first")));
        writePid("second", another);
        leftovers.awaitAll();
        assertThat(stranger.isAlive()).isTrue();
        assertThat(another.isAlive()).isTrue();
        assertThat(new OwnProcesses(home).children()).isEmpty();
    }

    @Test
    void childOfAnEarlierLauncher_isEnded() throws Exception {
        Process own = idle(sleep(), home.folder(), Map.of(OwnProcesses.MARK, OwnProcesses.mark(home, "first")));
        writePid("first", own);
        assertThat(new OwnProcesses(home).child("first")).contains(own.toHandle());
        leftovers.awaitAll();
        // It has ended by now; that Java has noticed may take another moment.
        assertThat(own.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    /** A server that somebody else started on our data is not ours to stop, and its file stays: two would destroy the data. */
    @Test
    void serverThatSomebodyElseStarted_isSaid_andSurvives() throws Exception {
        Process server = idle(program(folder.resolve("elsewhere")), home.postgresData(), Map.of());
        assertRefused(server);
    }

    /** Nor is one of our own program that somebody started by hand. */
    @Test
    void serverThatSomebodyStartedWithOurProgram_isSaid_andSurvives() throws Exception {
        Process server = idle(program(home.postgresPrograms().resolve("15/bin")), home.postgresData(), Map.of());
        assertRefused(server);
    }

    private static Path program(Path where) throws IOException {
        Files.createDirectories(where);
        return Files.copy(sleep().toRealPath(), where.resolve("postgres"));
    }

    private void assertRefused(Process server) throws IOException {
        Path pidFile = Files.writeString(home.postgresData().resolve("postmaster.pid"), server.pid() + "\n");
        assertThat(new OwnProcesses(home).servers()).isEmpty();
        assertThatThrownBy(leftovers::awaitServers)
                .isInstanceOf(UserError.class)
                .hasMessageContaining("which TLAC did not start")
                .hasMessageContaining("[" + server.pid() + "]");
        assertThat(server.isAlive()).isTrue();
        assertThat(pidFile).exists();
    }
}
