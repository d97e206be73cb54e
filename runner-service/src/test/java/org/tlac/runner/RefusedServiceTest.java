package org.tlac.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tlac.platform.testing.TestCallers;

/** The whole service where something is missing: it runs nothing, and says why to whom it concerns, but not to pupils. */
class RefusedServiceTest {

    /** What the service starts besides; each is missing in its own test. */
    private static final List<String> TOOLS =
            List.of("sh", "env", "nice", "ldd", "setpriv", "bwrap", "cat", "sed", "grep");

    private Path tools;

    /** The sandbox's user must find them, too. */
    @BeforeEach
    void makeFolderOfTools() throws IOException {
        tools = Files.createTempDirectory("tools");
        Files.setPosixFilePermissions(tools, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void refuses(List<String> before, Map<String, String> environment, String... reasons)
            throws IOException {
        try (RunnerProcess runner = new RunnerProcess(before, environment)) {
            RunningRunner.await("a reason: " + List.of(reasons), () -> tells(runner, reasons));
            assertThat(runner.health("live").statusCode()).isEqualTo(200);
            RunnerProcess.Answer ready = runner.health("ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.json().path("isolation").asText()).isEqualTo("none");
            assertThat(ready.json().at("/checks/sandbox").asText()).isEqualTo("DOWN");
            assertThat(runner.scrape().value("tlac_python_isolation", "level", "none"))
                    .isEqualTo(1);
            for (String path : List.of("/api/python/run", "/api/python/session")) {
                HttpResponse<String> refused =
                        runner.post(TestCallers.PUPIL, path, "print(1)").join();
                assertThat(refused.statusCode()).as(path).isEqualTo(503);
                assertThat(refused.body()).isEqualTo("{\"detail\":\"Python runner unavailable.\"}");
            }
            assertThat(runner.log()).contains("A slot cannot run programs").contains(reasons);
            assertThat(runner.scrape().value("tlac_python_runs_total", "status", "success"))
                    .isZero();
        }
    }

    private static boolean tells(RunnerProcess runner, String... reasons) {
        try {
            String told = runner.get(TestCallers.TEACHER, "/api/python/diagnostics")
                    .path("reason")
                    .asText();
            return List.of(reasons).stream().allMatch(told::contains);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A search path on which everything is found but one tool. */
    private Map<String, String> without(String tool) throws IOException {
        for (String name : TOOLS) {
            for (String folder : List.of("/usr/bin", "/bin")) {
                Path there = Path.of(folder, name);
                if (!name.equals(tool) && Files.exists(there) && !Files.exists(tools.resolve(name))) {
                    Files.createSymbolicLink(tools.resolve(name), there);
                }
            }
        }
        return new HashMap<>(Map.of("PATH", tools.toString()));
    }

    @Test
    void missingBubblewrap() throws IOException {
        refuses(List.of(), without("bwrap"), "bwrap");
    }

    @Test
    void missingSetpriv_whenTheServiceIsRoot() throws IOException {
        Assumptions.assumeTrue(System.getProperty("user.name").equals("root"), "only root gives up being root");
        refuses(List.of(), without("setpriv"), "setpriv");
    }

    @Test
    void missingPython() throws IOException {
        refuses(List.of(), Map.of("RUNNER_PYTHON", "/nowhere/python3"), "/nowhere/python3");
    }

    @Test
    void missingLandlock_atEitherLevel() throws IOException {
        SimulatedPod pod = SimulatedPod.without(SimulatedPod.Lack.LANDLOCK);
        refuses(pod.command(SimulatedPod.User.SAME), Map.of(), "Landlock");
        refuses(
                pod.command(SimulatedPod.User.SAME),
                Map.of(
                        "RUNNER_MINIMUMISOLATION",
                        "process",
                        "RUNNER_SCRATCH",
                        pod.scratch().toString()),
                "Not at level full: ",
                "Not at level process: ",
                "find Landlock in this kernel: Function not implemented");
    }

    /** Otherwise whoever makes a sandbox fail would get a weaker one. */
    @Test
    void serviceThatOnceHeldAtFull_neverFalls_andComesBackWhenTheMachineIsRepaired() throws Exception {
        SimulatedPod pod = SimulatedPod.without(SimulatedPod.Lack.NOTHING);
        Map<String, String> environment = without("");
        environment.put("RUNNER_MINIMUMISOLATION", "process");
        environment.put("RUNNER_SCRATCH", pod.scratch().toString());
        try (RunnerProcess runner = new RunnerProcess(pod.command(SimulatedPod.User.SAME), environment).awaitReady()) {
            assertThat(runner.health("ready").json().path("isolation").asText()).isEqualTo("full");
            Files.delete(tools.resolve("bwrap"));
            runner.killSandboxes();
            RunningRunner.await("a reason", () -> tells(runner, "bwrap"));
            RunningRunner.await("no slot works", () -> runner.health("ready").statusCode() == 503);
            assertThat(runner.health("ready").json().path("isolation").asText()).isEqualTo("none");
            assertThat(runner.run("print(1)").join().statusCode()).isEqualTo(503);
            Files.createSymbolicLink(tools.resolve("bwrap"), Path.of("/usr/bin/bwrap"));
            runner.awaitReady();
            assertThat(runner.health("ready").json().path("isolation").asText()).isEqualTo("full");
            assertThat(runner.run("print(1)").join().body()).contains("1\\n");
            assertThat(runner.log()).doesNotContain("isolation level process");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "full | SCRATCH | namespace",
                "process | '' | runner.scratch names no folder",
                "process | /usr | runner.scratch must be a file system in memory",
                "process | /nowhere | runner.scratch cannot be used"
            })
    void forbiddenNamespaces_whereTheLevelBelowIsNotAllowed_orNotPossible(String minimum, String scratch, String reason)
            throws IOException {
        SimulatedPod pod = SimulatedPod.without(SimulatedPod.Lack.NAMESPACES);
        String folder = scratch.replace("SCRATCH", pod.scratch().toString());
        refuses(
                pod.command(SimulatedPod.User.SAME),
                Map.of("RUNNER_MINIMUMISOLATION", minimum, "RUNNER_SCRATCH", folder),
                "namespace",
                reason);
    }
}
