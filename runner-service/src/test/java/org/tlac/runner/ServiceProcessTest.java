package org.tlac.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.identity.Role;
import org.tlac.platform.testing.TestCallers;

/** How the service stops, and that nothing outlives it, even when it is killed. */
class ServiceProcessTest {

    private RunnerProcess runner;

    @BeforeEach
    void start() throws IOException {
        runner = new RunnerProcess(List.of(), Map.of()).awaitReady();
        RunningRunner.await("both slots", () -> runner.scrape().value("tlac_python_slots", "state", "idle") == 2);
    }

    @AfterEach
    void stop() {
        runner.close();
    }

    private List<Long> family() {
        List<Long> family = runner.family();
        // Of two slots: bubblewrap, zygote and program.
        assertThat(family).hasSizeGreaterThanOrEqualTo(6);
        return family;
    }

    @Test
    void killedService_takesEveryProgramWithIt() {
        CompletableFuture<HttpResponse<String>> endless = runner.run("while True: pass");
        runner.awaitBusy();
        List<Long> family = family();
        runner.process().destroyForcibly();
        RunnerProcess.awaitGone(family);
        assertThatThrownBy(endless::join).hasRootCauseInstanceOf(IOException.class);
    }

    @Test
    void serviceWhoseLauncherDies_endsWithEverything() throws Exception {
        List<Long> family = family();
        runner.process().getOutputStream().close();
        runner.awaitEnd();
        RunnerProcess.awaitGone(family);
    }

    @Test
    void stoppedService_letsTheProgramFinish_andLeavesNothing() throws Exception {
        CompletableFuture<HttpResponse<String>> running = runner.run("import time; time.sleep(1); print('done')");
        runner.awaitBusy();
        List<Long> family = family();
        runner.process().destroy();
        assertThat(running.get().body()).contains("done\\n");
        runner.awaitEnd();
        RunnerProcess.awaitGone(family);
    }

    /** More wait than can run in the time that is left. */
    @Test
    void stoppedService_tellsThoseThatCannotRunAnyMore() throws Exception {
        String code = "import time; time.sleep(1); print('done')";
        try (RunnerProcess hasty =
                new RunnerProcess(List.of(), Map.of("SERVER_GRACE", "PT6S", "RUNNER_SLOTS", "1")).awaitReady()) {
            List<CompletableFuture<HttpResponse<String>>> runs = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                runs.add(hasty.run(new Caller(100 + i, "p" + i + ".x", "P", Role.PUPIL, null, ""), code));
            }
            RunningRunner.await(
                    "one runs and the others wait", () -> hasty.scrape().value("tlac_python_queue_depth") == 7);
            hasty.process().destroy();
            int answered = 0;
            for (CompletableFuture<HttpResponse<String>> run : runs) {
                HttpResponse<String> answer = run.get();
                if (answer.statusCode() == 200) {
                    assertThat(answer.body()).contains("done\\n");
                    answered++;
                } else {
                    assertThat(answer.statusCode()).isEqualTo(503);
                    assertThat(answer.body())
                            .isEqualTo("{\"detail\":\"The Python runner is busy. Please try again shortly.\"}");
                    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
                }
            }
            // The one that ran, and those that began in the 1.5 s that were left.
            assertThat(answered).isBetween(2, 4);
            hasty.awaitEnd();
        }
    }

    /** Two run and two wait: all four are answered, none of them with less than its own output. */
    @Test
    void stoppedService_letsThoseThatWaitRunToo() throws Exception {
        String code = "import time; time.sleep(1); print('done')";
        List<CompletableFuture<HttpResponse<String>>> runs = List.of(
                runner.run(TestCallers.PUPIL, code),
                runner.run(TestCallers.PUPIL, code),
                runner.run(TestCallers.OTHER_PUPIL, code),
                runner.run(TestCallers.OTHER_PUPIL, code));
        RunningRunner.await(
                "two run and two wait",
                () -> runner.scrape().value("tlac_python_slots", "state", "busy") == 2
                        && runner.scrape().value("tlac_python_queue_depth") == 2);
        List<Long> family = family();
        runner.process().destroy();
        for (CompletableFuture<HttpResponse<String>> run : runs) {
            assertThat(run.get().statusCode()).isEqualTo(200);
            assertThat(run.get().body()).contains("done\\n");
        }
        runner.awaitEnd();
        RunnerProcess.awaitGone(family);
    }
}
