package org.tlac.runner.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.tlac.runner.hostile.Attack.End;

/** An answer of /api/python/run, compared with what the table expects. */
record Verdict(JsonNode answer) {

    private static final String FLOODED = "The program printed too much and was stopped.\n";
    private static final String LATE = "The program took too long and was stopped.\n";
    private static final int KILLED = 137;

    /** The limits of the tests, and what a loaded machine may add to them. */
    private static final int MOST_MILLISECONDS = 2000 + 4000;

    static Verdict of(JsonNode answer) {
        return new Verdict(answer);
    }

    /** The label that counts it. */
    static String status(JsonNode answer) {
        return answer.path("ok").asBoolean()
                ? "success"
                : answer.path("timed_out").asBoolean() ? "timeout" : "error";
    }

    private End end() {
        String stderr = answer.path("stderr").asText();
        return stderr.endsWith(FLOODED) ? End.FLOOD : answer.path("timed_out").asBoolean() ? End.TIMEOUT : End.EXITED;
    }

    void holds(Attack attack) {
        String stderr = answer.path("stderr").asText();
        String stdout = answer.path("stdout").asText();
        assertThat(end()).as(answer.toString()).isEqualTo(attack.end());
        int code = answer.path("exit_code").asInt();
        switch (attack.end()) {
            case TIMEOUT -> {
                assertThat(stderr).endsWith(LATE);
                assertThat(code).isNotZero();
            }
            case FLOOD -> assertThat(code).isEqualTo(KILLED);
            case EXITED -> {
                if (!attack.exitCodes().isEmpty()) {
                    assertThat(code).as(answer.toString()).isIn(attack.exitCodes());
                }
            }
        }
        attack.says().forEach(words -> assertThat(stderr).contains(words));
        attack.prints()
                .ifPresent(expected -> assertThat(stdout.strip()).as(stderr).isEqualTo(expected.strip()));
        assertThat(answer.path("duration_ms").asInt()).isBetween(0, MOST_MILLISECONDS);
        List<String> files = new ArrayList<>();
        answer.path("files").forEach(file -> files.add(file.path("path").asText()));
        assertThat(files).isEqualTo(attack.files());
        assertThat(stderr)
                .as("nothing of ours is shown")
                .doesNotContain("<program>", "<supervisor>", "<confinement>", "<conversation>");
    }
}
