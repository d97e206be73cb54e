package org.tlac.runner.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.testing.Scrape;
import org.tlac.platform.testing.TestCallers;
import org.tlac.runner.RunningRunner;

/** Programs that mean harm, over HTTP. After each: nothing was replaced, nothing runs on, nothing is left, and the next pupil is served. */
@Timeout(300)
class HostileProgramTest {

    private static final Caller ATTACKER = TestCallers.PUPIL;
    private static final Caller VICTIM = TestCallers.OTHER_PUPIL;

    private static RunningRunner runner;
    private static Traces before;

    @BeforeAll
    static void start() {
        runner = RunningRunner.start(Map.of("runner.slots", "1", "limits.wall", "PT2S", "sessions.warm", "0"));
        assertThat(run(VICTIM, "print(1)", "").path("stdout").asText()).isEqualTo("1\n");
        Traces.awaitIdle(runner);
        before = Traces.of(runner);
    }

    @AfterAll
    static void stop() {
        runner.close();
    }

    static JsonNode run(Caller caller, String code, String stdin) {
        Map<String, Object> program = new HashMap<>(Map.of("lesson_id", "lesson-1", "activity_id", "a1", "code", code));
        program.put("stdin", stdin);
        HttpResponse<String> answer = runner.post(caller, "/api/python/run", program);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return RunningRunner.json(answer);
    }

    static Stream<Attack> attacks() {
        return Attack.here().stream();
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void attack_endsAsExpected_andNobodyNoticesIt(Attack attack) {
        attack.victim().ifPresent(code -> run(VICTIM, code, "Z3a9-private-of-the-pupil-before"));
        Scrape counted = runner.scrape();
        JsonNode answer = run(ATTACKER, attack.code(), attack.given());
        Verdict.of(answer).holds(attack);
        assertThat(runner.scrape().since(counted, "tlac_python_runs_total", "status", Verdict.status(answer)))
                .isEqualTo(1);
        JsonNode next =
                run(VICTIM, "import os; print(1, os.listdir(), os.listdir('/tmp'), __import__('json').dumps(2))", "");
        assertThat(next.path("stdout").asText()).isEqualTo("1 [] ['work'] 2\n");
        assertThat(next.path("files")).isEmpty();
        Traces.awaitIdle(runner);
        before.sameAs(Traces.of(runner));
    }

    /** The list of what it must survive is the spec's; what is added here stays, and the table of the documentation is this one. */
    @Test
    void documentation_hasEachAttack_withItsOutcome() throws Exception {
        String guide = java.nio.file.Files.readString(java.nio.file.Path.of("../docs/runner.md"));
        List<String> rows = new ArrayList<>(List.of("| attack | outcome | contained by |", "|---|---|---|"));
        Attack.all().forEach(attack -> rows.add(attack.row()));
        String table = String.join("\n", rows);
        assertThat(guide).as("docs/runner.md must hold this table:\n%s", table).contains("\n\n" + table + "\n\n");
    }
}
