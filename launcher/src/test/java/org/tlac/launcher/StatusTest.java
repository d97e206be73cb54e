package org.tlac.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.tlac.platform.metrics.ServiceName;

/** {@code ./tlac status} beside a whole TLAC whose parts hang. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StatusTest {

    private static School school;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private static Path folder;

    @BeforeAll
    static void open() {
        school = School.start(folder.resolve("home"));
    }

    @AfterAll
    static void close() throws InterruptedException {
        school.stop();
        school.close();
    }

    private record Answer(int code, List<String> lines) {

        /** Its line of a part, or of users or the disk. */
        String line(String of) {
            return lines.stream()
                    .filter(line -> line.startsWith(of))
                    .findFirst()
                    .orElse("");
        }
    }

    private static Answer status(String... environment) throws InterruptedException {
        Map<String, String> own = new HashMap<>(school.environment());
        for (int i = 0; i < environment.length; i += 2) {
            own.put(environment[i], environment[i + 1]);
        }
        try (TestProcess status =
                TestProcess.java(Main.class, own, List.of("-Dtlac.root=" + School.ROOT), List.of("status"))) {
            int code = status.awaitExit();
            return new Answer(code, status.lines());
        }
    }

    private static List<ProcessHandle> processes(String name) {
        return StubLauncher.processes(school.home(), name);
    }

    @Test
    @Order(1)
    void whenAllIsWell_itSaysSo() throws Exception {
        TestProcess.awaitAnswer(() -> school.anyone()
                .get("/api/health")
                .body()
                .path("status")
                .asText()
                .equals("ok"));
        Answer status = status();
        assertThat(status.lines()).contains("users: can sign in: " + school.url());
        assertThat(status.line("disk: ")).contains(" MB free for ").doesNotContain("nearly full");
        for (String part : List.of(
                "postgres", "auth-service", "activity-service", "runner-service", "backup-service", "gateway")) {
            assertThat(status.line(part)).contains(" ready ").doesNotContain("restarts");
        }
        assertThat(status.code()).isZero();
    }

    @Test
    @Order(2)
    void diskThatIsNearlyFull_isSaid() throws Exception {
        Answer status = status("TLAC_DISK_NEARLYFULLBYTES", Long.toString(Long.MAX_VALUE));
        assertThat(status.line("disk: ")).startsWith("disk: nearly full: ").contains("Make room");
    }

    @Test
    @Order(3)
    void gatewayThatNoLongerAnswers_isNotCalledReady_andComesBackByItself() throws Exception {
        StubLauncher.signal("STOP", processes("gateway"));
        Answer hung = status();
        assertThat(hung.line("users: ")).startsWith("users: cannot get in: ");
        assertThat(hung.line("gateway")).doesNotContain(" ready ");
        assertThat(hung.code()).isEqualTo(1);
        TestProcess.await(() -> school.isReady(ServiceName.GATEWAY));
        TestProcess.awaitAnswer(() -> school.anyone()
                .get("/api/health")
                .body()
                .path("status")
                .asText()
                .equals("ok"));
        Answer back = status();
        assertThat(back.line("gateway")).contains(" ready ").endsWith(", restarts: 1");
        assertThat(back.line("users: ")).isEqualTo("users: can sign in: " + school.url());
        assertThat(back.code()).isZero();
    }

    @Test
    @Order(4)
    void serviceThatHangs_isSaid_andComesBackByItself() throws Exception {
        StubLauncher.signal("STOP", processes("activity-service"));
        Answer hung = status();
        assertThat(hung.line("activity-service")).doesNotContain(" ready ");
        assertThat(hung.code()).isEqualTo(1);
        TestProcess.await(() -> school.isReady(ServiceName.ACTIVITY));
        assertThat(status().line("activity-service")).contains(" ready ").endsWith(", restarts: 1");
    }

    @Test
    @Order(5)
    void filesThatTellOfPeople_areNotEverybodys() throws Exception {
        assertThat(mode(school.home().resolve("lock"))).isEqualTo("rw-------");
        assertThat(mode(school.home().resolve("logs"))).isEqualTo("rwxr-x---");
        List<Path> logs = new ArrayList<>();
        try (Stream<Path> files = Files.list(school.home().resolve("logs"))) {
            files.forEach(logs::add);
        }
        assertThat(logs)
                .hasSizeGreaterThanOrEqualTo(7)
                .allSatisfy(log -> assertThat(mode(log)).isEqualTo("rw-r-----"));
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
