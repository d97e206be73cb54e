package org.tlac.runner.interactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tlac.platform.testing.Scrape;
import org.tlac.platform.testing.TestCallers;
import org.tlac.runner.Descendants;
import org.tlac.runner.RunningRunner;
import org.tlac.runner.hostile.Traces;

/** Stop is pressed when the program ends by itself. */
@Timeout(300)
class InteractiveRaceTest {

    private static final int TIMES = 1000;

    /** Of two sandboxes. */
    private static final int PROCESSES = 2 * Descendants.SANDBOX;

    @Test
    void stopThatRacesTheEnd_aThousandTimes_losesNothing() {
        try (RunningRunner runner = RunningRunner.start(
                Map.of("runner.slots", "1", "sessions.warm", "1", "sessions.most", "1", "limits.wall", "PT1S"))) {
            race(runner, 0);
            awaitSandboxes();
            Traces before = Traces.of(runner);
            Scrape counted = runner.scrape();
            for (int i = 0; i < TIMES; i++) {
                race(runner, i % 5);
            }
            RunningRunner.await(
                    "every program is counted", () -> runner.scrape().since(counted, "tlac_python_runs_total") >= 1);
            try (Talk talk = Talk.start(runner, TestCallers.OTHER_PUPIL, "print(input())")) {
                talk.type("right");
                assertThat(talk.awaitEnd().path("ok").asBoolean()).isTrue();
                assertThat(talk.text("stdout")).isEqualTo("right\n");
            }
            assertThat(runner.scrape().since(counted, "tlac_python_runs_total")).isLessThanOrEqualTo(TIMES + 1);
            awaitSandboxes();
            before.sameAs(Traces.of(runner));
        }
    }

    private static void awaitSandboxes() {
        RunningRunner.await(
                "both sandboxes are ready", () -> Descendants.living().size() == PROCESSES);
    }

    /** @param milliseconds that the program takes before it ends by itself */
    private static void race(RunningRunner runner, int milliseconds) {
        String code = "import os, time\ntime.sleep(" + milliseconds / 1000.0 + ")\nos._exit(0)";
        Talk talk = Talk.begin(runner, TestCallers.PUPIL, Talk.program(code));
        CompletableFuture<Integer> stopped =
                CompletableFuture.supplyAsync(() -> talk.stop().statusCode());
        try (Talk listening = talk.listen(0)) {
            assertThat(listening.awaitEnd().path("reason").asText()).isIn("exited", "stopped");
        }
        assertThat(stopped.join()).isEqualTo(200);
    }
}
