package org.tlac.launcher.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tlac.launcher.School;
import org.tlac.launcher.TestProcess;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.process.ChildProcess;

/** What real children print, while their log is rotated. */
class ChildProcessLogTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private Home home;

    @BeforeEach
    void create() {
        home = new Home(folder, folder.resolve("home"));
        home.create();
    }

    private ChildProcess start(Logs logs, String script) {
        return ChildProcess.start(home, logs, "talker", List.of("sh", "-c", script), Map.of());
    }

    /** Oldest first. */
    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(home.logs())) {
            return files.sorted(Comparator.comparingInt((Path file) -> Integer.parseInt(
                                    "0" + file.getFileName().toString().replaceAll("[^0-9]", "")))
                            .reversed())
                    .toList();
        }
    }

    @Test
    void logOfAChildThatPrintsALot_isRotatedWhileItRuns_andNoLineIsLost() throws Exception {
        int lines = 100_000;
        Logs logs = new Logs(home, new Logs.Limits(100_000, 100));
        ChildProcess child = start(logs, "seq 1 " + lines + "; echo end >&2");
        assertThat(child.join(PATIENCE)).isZero();
        List<String> read = new ArrayList<>();
        for (Path file : files()) {
            assertThat(Files.size(file)).isLessThanOrEqualTo(100_000);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-r-----");
            read.addAll(Files.readAllLines(file));
        }
        assertThat(files()).hasSizeBetween(6, 7);
        assertThat(read.removeLast()).isEqualTo("end");
        assertThat(read)
                .isEqualTo(IntStream.rangeClosed(1, lines)
                        .mapToObj(Integer::toString)
                        .toList());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.logs())))
                .isEqualTo("rwxr-x---");
    }

    @Test
    void noMoreFilesAreKept_thanTheLimit() throws Exception {
        Logs logs = new Logs(home, new Logs.Limits(4096, 3));
        assertThat(start(logs, "seq 1 20000").join(PATIENCE)).isZero();
        assertThat(files())
                .extracting(file -> file.getFileName().toString())
                .containsExactly("talker.log.2", "talker.log.1", "talker.log");
        assertThat(Files.readAllLines(home.logs().resolve("talker.log"))).endsWith("20000");
    }

    @Test
    void reason_isWhatItSaidLast_alsoWhenTheLogWasRotatedSince() {
        Logs logs = new Logs(home, new Logs.Limits(4096, 2));
        ChildProcess child = start(logs, "echo 'FATAL:  first'; echo 'FATAL:  the last word'; seq 1 2000; exit 3");
        assertThat(child.join(PATIENCE)).isEqualTo(3);
        assertThat(child.reason()).isEqualTo("the last word (" + home.logs().resolve("talker.log") + ")");
        ChildProcess next = start(logs, "echo fine; exit 4");
        assertThat(next.join(PATIENCE)).isEqualTo(4);
        assertThat(next.reason()).startsWith("see ");
    }

    /** What a child started, and what keeps its output open, is no reason to wait for its end. */
    @Test
    void childWhoseOwnChildGoesOnPrinting_hasEnded_andBothAreLogged() throws Exception {
        Logs logs = new Logs(home, new Logs.Limits(1 << 20, 2));
        // The JDK closes a child's output at its end, unless somebody waits for more of it: so the reader gets a second
        // to do so.
        ChildProcess child = start(logs, "(sleep 4; echo afterwards) & echo before; sleep 1; exit 5");
        assertThat(child.join(PATIENCE)).isEqualTo(5);
        Path log = home.logs().resolve("talker.log");
        assertThat(log).hasContent("before\n");
        assertThat(start(logs, "echo next").join(PATIENCE)).isZero();
        TestProcess.await(() -> {
            try {
                return Files.readAllLines(log).contains("afterwards");
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        assertThat(Files.readAllLines(log)).containsExactly("before", "next", "afterwards");
    }

    /** As an admin who follows it: {@code ./tlac logs talker}. */
    @Test
    void followers_missNothingWhenItIsRotated() throws Exception {
        Logs logs = new Logs(home, new Logs.Limits(4096, 50));
        ChildProcess child =
                start(logs, "for i in $(seq 1 300); do echo \"line $i $(printf %080d 0)\"; sleep 0.01; done");
        try (TestProcess follower = TestProcess.start(
                List.of(School.ROOT.resolve("tlac").toString(), "logs", "talker"),
                Map.of("TLAC_HOME", home.folder().toString()))) {
            follower.awaitLine("line 300 ");
            List<String> seen = follower.lines().stream()
                    .filter(line -> line.startsWith("line "))
                    .toList();
            int first = Integer.parseInt(seen.getFirst().split(" ", 3)[1]);
            assertThat(seen)
                    .extracting(line -> Integer.parseInt(line.split(" ", 3)[1]))
                    .isEqualTo(IntStream.rangeClosed(first, 300).boxed().toList());
            assertThat(home.logs().resolve("talker.log.6")).exists();
        }
        assertThat(child.join(PATIENCE)).isZero();
    }
}
