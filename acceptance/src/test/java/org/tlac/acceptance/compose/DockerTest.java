package org.tlac.acceptance.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Docker itself says of the compose files and the images. Without it these are skipped, and say so. */
class DockerTest {

    private static final String RUNNER = "tlac-test/runner-service";
    private static final List<String> OTHERS = List.of("gateway", "auth-service", "activity-service", "backup-service");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static void assumeCompose() {
        assumeTrue(Program.docker("compose", "version").exit() == 0, "docker compose is not installed");
    }

    private static void assumeEngine() {
        Program.Outcome engine = Program.docker("version", "--format", "{{.Server.Version}}");
        assumeTrue(
                engine.exit() == 0,
                "no Docker engine answers: " + engine.output().strip());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-f compose.yml",
                "-f compose.monitoring.yml",
                "-f compose.yml -f compose.monitoring.yml",
                "-f compose.yml -f compose.monitoring.yml --profile long-term",
                "-f compose.monitoring.yml --profile long-term",
                "--env-file .env.example -f compose.yml -f compose.monitoring.yml --profile long-term"
            })
    void everyCombinationOfFiles_isValid(String files) {
        assumeCompose();
        List<String> command = new ArrayList<>(List.of("compose"));
        command.addAll(List.of(files.split(" ", -1)));
        command.addAll(List.of("config", "--quiet"));
        Program.Outcome outcome = Program.docker(command.toArray(String[]::new));
        assertThat(outcome.exit()).as(outcome.output()).isZero();
        assertThat(outcome.output()).isEmpty();
    }

    @AfterAll
    static void removeImages() {
        if (Program.docker("version").exit() == 0) {
            Program.docker("image", "rm", "--force", RUNNER);
            OTHERS.forEach(service -> Program.docker("image", "rm", "--force", "tlac-test/" + service));
        }
    }

    /** The jars are those of this build. A proxy of this machine's environment is the build's too. */
    private static Program.Outcome build(String target, String image) {
        return Program.docker(
                "build",
                "--quiet",
                "--file",
                "k8s/images/Dockerfile",
                "--build-arg",
                "JARS=checkout",
                "--build-arg",
                "http_proxy",
                "--target",
                target,
                "--tag",
                image,
                ".");
    }

    @ParameterizedTest
    @FieldSource("OTHERS")
    void image_isBuilt_withoutRights(String service) {
        assumeEngine();
        String image = "tlac-test/" + service;
        Program.Outcome outcome = build(service, image);
        assertThat(outcome.exit()).as(outcome.output()).isZero();
        assertThat(Program.docker("image", "inspect", "--format", "{{.Config.User}}", image)
                        .output()
                        .strip())
                .isEqualTo("10001:10001");
        Program.Outcome java = Program.docker("run", "--rm", "--entrypoint", "java", image, "-version");
        assertThat(java.exit()).as(java.output()).isZero();
    }

    /** The runner needs nobody else to say whether its sandbox holds: the one service that can be tried by itself. */
    @Test
    void runner_isReady_withTheRightsThatComposeGivesIt_andNotWithDockersOwn() throws InterruptedException {
        assumeEngine();
        Program.Outcome outcome = build("runner-service", RUNNER);
        assertThat(outcome.exit()).as(outcome.output()).isZero();
        assertThat(healthOf("seccomp=k8s/seccomp/tlac-runner.json", "apparmor=unconfined"))
                .isEqualTo("ready");
        assertThat(healthOf()).isEqualTo("not ready");
    }

    /** Starts a runner as compose does, but for these options, and asks as its health check does until it has an answer. */
    private static String healthOf(String... security) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "run",
                "--detach",
                "--network",
                "none",
                "--read-only",
                "--cap-drop",
                "ALL",
                "--tmpfs",
                "/tmp:uid=10001"));
        command.addAll(List.of("--security-opt", "no-new-privileges:true"));
        for (String option : security) {
            command.addAll(List.of("--security-opt", option));
        }
        command.addAll(List.of("--env", "RUNNER_SLOTS=1", RUNNER));
        Program.Outcome started = Program.docker(command.toArray(String[]::new));
        assertThat(started.exit()).as(started.output()).isZero();
        String container = started.output().strip();
        try {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (System.nanoTime() < end) {
                String log = Program.docker("logs", container).output();
                if (log.contains("A slot cannot run programs")) {
                    return "not ready";
                }
                if (Program.docker("exec", container, "/opt/tlac/ready", "9083").exit() == 0) {
                    return "ready";
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
            return Program.docker("logs", container).output();
        } finally {
            Program.docker("rm", "--force", container);
        }
    }
}
