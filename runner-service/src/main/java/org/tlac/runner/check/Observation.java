package org.tlac.runner.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.tlac.platform.http.Json;
import org.tlac.runner.sandbox.Outcome;

/**
 * What a program did in an experiment. All of it may be the program's invention.
 *
 * @param answers what the harness left, or what stands in its place; missing when nothing readable is there
 */
record Observation(TestRun experiment, Outcome outcome, JsonNode answers) {

    static Observation of(TestRun experiment, Outcome outcome) {
        JsonNode answers = outcome.files().stream()
                .filter(file -> file.path().equals(TestRun.ANSWERS))
                .findFirst()
                .flatMap(file -> parse(file.content()))
                .orElse(JsonNodeFactory.instance.missingNode());
        return new Observation(experiment, outcome, answers);
    }

    private static Optional<JsonNode> parse(byte[] content) {
        try {
            return Optional.of(Json.tree(new String(content, StandardCharsets.UTF_8)));
        } catch (IllegalStateException e) {
            return Optional.empty();
        }
    }

    /** Whether every variable got its value that was to get one. */
    boolean gaveAll() {
        return experiment.given().isEmpty()
                || (answers.path("missing").isArray() && answers.path("missing").isEmpty());
    }

    /** What came of an expression, by its place. */
    JsonNode value(int index) {
        return answers.path("values").path(index);
    }
}
