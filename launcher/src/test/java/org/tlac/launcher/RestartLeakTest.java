package org.tlac.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tlac.launcher.home.Console;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.logs.Logs;
import org.tlac.launcher.process.ChildProcess;
import org.tlac.launcher.process.Liveness;
import org.tlac.launcher.process.ManagedProcess;

/** A year has many restarts: none leaves a descriptor, a thread, a process or a file behind. */
class RestartLeakTest {

    private static final int RESTARTS = 200;

    @TempDir
    private Path folder;

    /** Real processes of a moment: every other one ends by itself, those between hang and have to be ended. */
    private record Mayfly(Home home, Logs logs, AtomicInteger launches) implements ManagedProcess {

        @Override
        public String name() {
            return "mayfly";
        }

        @Override
        public List<String> needs() {
            return List.of();
        }

        @Override
        public void prepare() {
            // Nothing.
        }

        @Override
        public ChildProcess launch() {
            boolean ends = launches.incrementAndGet() % 2 == 0;
            String script = "echo born; " + (ends ? "exit 3" : "sleep 600 & wait");
            return ChildProcess.start(home, logs, name(), List.of("sh", "-c", script), Map.of());
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public Liveness liveness(Duration timeout) {
            return Liveness.failed("it is a mayfly");
        }

        @Override
        public Duration stopPatience() {
            return Duration.ofSeconds(5);
        }
    }

    @Test
    void twoHundredRestarts_leaveNothingBehind() {
        Home home = new Home(folder, folder.resolve("home"));
        home.create();
        LauncherConfig config = LauncherConfig.from(
                Map.of(
                        "TLAC_WATCHDOG_INTERVAL", "PT0.01S",
                        "TLAC_WATCHDOG_FAILURES", "1",
                        "TLAC_BACKOFF_FIRST", "PT0.001S",
                        "TLAC_BACKOFF_LONGEST", "PT0.001S",
                        "TLAC_BACKOFF_LONGESTDATABASE", "PT0.001S"),
                home);
        Mayfly mayfly = new Mayfly(home, new Logs(home, config.logs()), new AtomicInteger());
        Console silent = new Console(new PrintStream(OutputStream.nullOutputStream()));
        Launcher launcher = new Launcher(List.of(mayfly), home, config, silent);
        launcher.start();
        TestProcess.await(() -> mayfly.launches().get() > 20);
        long descriptors = count("/proc/self/fd");
        long threads = count("/proc/self/task");
        Set<String> files = files(home.folder());
        for (int i = 0; i <= RESTARTS; i += 20) {
            int reached = 20 + i;
            TestProcess.await(() -> mayfly.launches().get() > reached);
        }
        launcher.stop();
        // What the last one held is given back a moment after its end.
        TestProcess.await(() -> count("/proc/self/fd") <= descriptors);
        TestProcess.await(() -> count("/proc/self/task") <= threads);
        files.removeAll(Set.of("run/mayfly.pid", "run/mayfly.state"));
        assertThat(files(home.folder())).isEqualTo(files).contains("logs/mayfly.log");
        assertThat(ProcessHandle.current().children()).noneMatch(TestProcess::runs);
        // Also nothing of it in a log that is kept.
        assertThat(home.logs().resolve("mayfly.log")).content().contains("born");
    }

    private static long count(String folder) {
        try (Stream<Path> entries = Files.list(Path.of(folder))) {
            return entries.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> files(Path folder) {
        try (Stream<Path> entries = Files.walk(folder)) {
            return entries.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .filter(file -> !file.endsWith(".partial"))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
