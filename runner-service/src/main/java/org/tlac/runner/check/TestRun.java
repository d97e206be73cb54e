package org.tlac.runner.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.tlac.platform.http.Json;
import org.tlac.runner.sandbox.PythonProgram;

/**
 * One way to run a pupil's program. Of a check, its process gets to know this and no more: nothing of what is expected.
 *
 * @param given values of variables, by name
 * @param expressions evaluated after the program
 */
record TestRun(String stdin, Map<String, JsonNode> given, List<String> expressions) {

    /** The file that the harness leaves; sorted before what the program itself may leave, because the number of files is limited. */
    static final String ANSWERS = "0-answers.json";

    private static final String HARNESS = text("harness.py");
    private static final String JOB = "@JOB@";

    TestRun {
        given = Map.copyOf(given);
        expressions = List.copyOf(expressions);
    }

    boolean isPlain() {
        return given.isEmpty() && expressions.isEmpty();
    }

    /** The code itself where nothing more is asked of it, so that it runs as it does when the pupil runs it. */
    PythonProgram program(String code) {
        if (isPlain()) {
            return new PythonProgram(code, List.of(), stdin);
        }
        byte[] job = Json.write(Map.of("code", code, "given", given, "expressions", expressions, "answers", ANSWERS));
        return new PythonProgram(HARNESS.replace(JOB, Base64.getEncoder().encodeToString(job)), List.of(), stdin);
    }

    static String text(String resource) {
        try (InputStream in = TestRun.class.getResourceAsStream(resource)) {
            return new String(Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
