package org.tlac.acceptance.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.tlac.acceptance.compose.Edge.Answer;

/**
 * compose.yml on a real engine, from empty volumes to the end, with three runners. Skipped where no engine answers.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ComposeDayTest {

    private static final int HTTPS = 18_443;
    private static final Map<String, String> SETTINGS = Map.of(
            "TLAC_HTTPS_PORT",
            Integer.toString(HTTPS),
            "TLAC_HTTP_PORT",
            "18080",
            "RUNNER_REPLICAS",
            "3",
            // What a .env of this checkout says of other files is not meant.
            "COMPOSE_FILE",
            "compose.yml");

    @TempDir
    private static Path temp;

    private static Edge edge;

    private static Program.Outcome compose(String... arguments) {
        List<String> command = new ArrayList<>(List.of("docker", "compose", "--project-name", "tlac-day"));
        command.addAll(List.of(arguments));
        return Program.run(command, SETTINGS, Compose.ROOT);
    }

    private static String done(String... arguments) {
        Program.Outcome outcome = compose(arguments);
        assertThat(outcome.exit()).as(outcome.output()).isZero();
        return outcome.output();
    }

    @BeforeAll
    static void start() {
        assumeTrue(Program.docker("version").exit() == 0, "no Docker engine answers");
        assumeTrue(Program.docker("compose", "version").exit() == 0, "docker compose is not installed");
        // The jars are those of this build. A proxy of this machine's environment is the build's too.
        done("build", "--build-arg", "JARS=checkout", "--build-arg", "http_proxy");
        compose("down", "--volumes");
        done("up", "--detach");
        Path authority = temp.resolve("ca.crt");
        done("cp", "gateway:/run/secrets/tlac/ca.crt", authority.toString());
        edge = new Edge(HTTPS, authority);
        await(() -> compose("exec", "-T", "gateway", "/opt/tlac/ready", "9080").exit() == 0);
    }

    @AfterAll
    static void remove() {
        if (edge != null) {
            compose("down", "--volumes");
        }
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await().pollInSameThread().atMost(Duration.ofMinutes(2)).until(condition);
    }

    @Test
    @Order(1)
    void admin_isMade_andSignsIn() {
        assertThat(edge.post(
                                "/api/admin/bootstrap",
                                "{\"username\": \"admin\", \"name\": \"Ada\", \"password\": \"choose a long one\"}")
                        .status())
                .isEqualTo(200);
        edge.signIn("admin", "choose a long one");
    }

    @Test
    @Order(2)
    void program_runsInASandboxOfItsOwn() {
        String code = "import os, sys; print(sorted(os.listdir('/')), os.path.exists('/opt/tlac'))";
        Answer run = edge.post(
                "/api/python/run",
                "{\"lesson_id\": \"lesson-1\", \"activity_id\": \"a1\", \"code\": \"" + code + "\"}");
        assertThat(run.status()).as(run.text()).isEqualTo(200);
        assertThat(run.json().path("stdout").asText()).startsWith("['dev', ").endsWith("False\n");
        assertThat(edge.get("/metrics").text())
                .containsPattern("tlac_python_isolation\\{level=\"full\",?} 1")
                .containsPattern("tlac_python_runs_total\\{status=\"success\",?} 1");
    }

    @Test
    @Order(3)
    void everyReplica_isKnownToTheGateway() {
        await(() -> edge.get("/api/admin/metrics")
                .text()
                .contains("\"name\":\"runner-service\",\"replicas\":3,\"ready\":3"));
    }

    @Test
    @Order(4)
    void backup_isProvenByARestore() {
        assertThat(edge.post("/api/admin/backups", "").status()).isBetween(200, 202);
        await(() -> {
            JsonNode newest = edge.get("/api/admin/backups").json().at("/items/0");
            assertThat(newest.path("status").asText()).isNotEqualTo("failed");
            return !newest.path("verified_at").isNull() && newest.has("verified_at");
        });
        assertThat(done("exec", "-T", "backup-service", "sh", "-c", "ls /backups/*"))
                .contains("database.dump");
    }

    @Test
    @Order(5)
    void roots_areReadOnly_andProcessesWithoutRights() {
        for (String service :
                List.of("gateway", "auth-service", "activity-service", "runner-service", "backup-service")) {
            assertThat(compose("exec", "-T", service, "touch", "/opt/tlac/probe")
                            .output())
                    .contains("Read-only file system");
            assertThat(done("exec", "-T", service, "grep", "-E", "^(CapBnd|NoNewPrivs|Seccomp):", "/proc/1/status"))
                    .containsPattern("CapBnd:\\s+0{16}\n")
                    .containsPattern("NoNewPrivs:\\s+1\n")
                    .containsPattern("Seccomp:\\s+2\n");
        }
    }

    @Test
    @Order(6)
    void onlyTheGateway_isReachableFromOutside_andOnlyServicesReachTheDatabase() throws IOException {
        for (int port : List.of(8081, 8082, 8083, 8084, 9080, 9081, 9082, 9083, 9084, 5432)) {
            String published =
                    compose("port", "gateway", Integer.toString(port)).output();
            assertThat(published).doesNotContainPattern("[0-9]:[1-9][0-9]*\\s*$");
        }
        assertThat(isOpen(HTTPS)).isTrue();
        assertThat(reaches("auth-service", "postgres", 5432)).isTrue();
        assertThat(reaches("gateway", "postgres", 5432)).isFalse();
        assertThat(reaches("runner-service", "postgres", 5432)).isFalse();
    }

    private static boolean isOpen(int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (ConnectException e) {
            return false;
        }
    }

    private static boolean reaches(String from, String to, int port) {
        return compose("exec", "-T", from, "timeout", "2", "bash", "-c", "exec 3<>/dev/tcp/" + to + "/" + port)
                        .exit()
                == 0;
    }

    /** Secrets are nowhere that `docker inspect`, a log or an image's history shows. */
    @Test
    @Order(7)
    void noSecret_isShownByDocker() {
        List<String> secrets = done(
                        "run",
                        "--rm",
                        "--no-deps",
                        "-T",
                        "--entrypoint",
                        "sh",
                        "secrets",
                        "-c",
                        "cat /var/lib/tlac/secrets/*")
                .lines()
                .filter(line -> line.matches("[\\w-]{43}"))
                .toList();
        assertThat(secrets).hasSize(5);
        List<String> inspect = new ArrayList<>(List.of("inspect"));
        done("ps", "--all", "--quiet").lines().forEach(inspect::add);
        String shown = Program.docker(inspect.toArray(String[]::new)).output() + done("logs");
        assertThat(shown).contains("auth-service");
        assertThat(secrets).noneMatch(shown::contains);
    }

    /** A second `up` makes nothing new; what was there is there again. */
    @Test
    @Order(8)
    void stopAndStart_keepsEverything() {
        done("stop");
        String codes = Program.docker(
                        "ps",
                        "--all",
                        "--filter",
                        "label=com.docker.compose.project=tlac-day",
                        "--format",
                        "{{.Status}}")
                .output();
        // Java ends with 143 when it is asked to; 137 would be killed, for being too slow or too big.
        assertThat(codes.lines()).allSatisfy(line -> assertThat(line).matches("Exited \\((0|143)\\).*"));
        done("up", "--detach");
        await(() -> compose("exec", "-T", "gateway", "/opt/tlac/ready", "9080").exit() == 0);
        edge.signIn("admin", "choose a long one");
        assertThat(edge.get("/api/admin/backups").json().path("items")).hasSize(1);
    }
}
