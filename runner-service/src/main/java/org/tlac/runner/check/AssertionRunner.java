package org.tlac.runner.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Json;
import org.tlac.runner.run.RunAdmission;
import org.tlac.runner.sandbox.Outcome;
import org.tlac.runner.sandbox.PythonProgram;
import org.tlac.runner.sandbox.SandboxException;
import org.tlac.runner.sandbox.SlotsOnDemand;
import org.tlac.runner.sandbox.Work;

/**
 * Runs teachers' assertions in sandboxes that never run a pupil's program, neither before nor after, so that a program cannot read
 * anything of an assertion.
 */
final class AssertionRunner {

    private static final String CODE = TestRun.text("judge.py");
    private static final String VERDICT = "verdict.json";

    private final SlotsOnDemand slots;

    AssertionRunner(SlotsOnDemand slots) {
        this.slots = slots;
    }

    /** @param hint the assertion's own words, if it has any */
    record AssertionResult(boolean passed, Optional<String> hint) {

        private static final AssertionResult NONE = new AssertionResult(false, Optional.empty());
    }

    private record AssertionRun(PythonProgram program, CompletableFuture<Outcome> outcome) implements Work {

        @Override
        public void ended(Outcome how) {
            outcome.complete(how);
        }

        @Override
        public void failed(SandboxException reason) {
            outcome.completeExceptionally(reason);
        }
    }

    /**
     * The assertion's result for what the program did.
     *
     * @param from the place of the first value that is the assertion's
     * @throws ApiError 503 when no slot came free in time
     * @throws SandboxException when the sandbox failed
     */
    AssertionResult run(String assertion, int from, String source, Observation observed, Duration patience)
            throws InterruptedException {
        PythonProgram program = new PythonProgram(CODE, List.of(), Json.text(data(assertion, from, source, observed)));
        AssertionRun run = new AssertionRun(program, new CompletableFuture<>());
        slots.submit(run);
        try {
            return result(run.outcome().get(patience.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            slots.withdraw(run);
            throw RunAdmission.busy();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof SandboxException failure ? failure : new IllegalStateException(e);
        }
    }

    private static Map<String, Object> data(String assertion, int from, String source, Observation observed) {
        Outcome outcome = observed.outcome();
        Map<String, String> files = new HashMap<>();
        for (Outcome.ProducedFile file : outcome.files()) {
            if (!file.path().equals(TestRun.ANSWERS)) {
                files.put(file.path(), Base64.getEncoder().encodeToString(file.content()));
            }
        }
        ArrayNode values = JsonNodeFactory.instance.arrayNode();
        for (int i = from; i < observed.experiment().expressions().size(); i++) {
            JsonNode value = observed.value(i);
            values.add(value.isObject() ? value : JsonNodeFactory.instance.objectNode());
        }
        return Map.of(
                "assertion",
                assertion,
                "source",
                source,
                "stdin",
                observed.experiment().stdin(),
                "stdout",
                outcome.stdout(),
                "stderr",
                outcome.stderr(),
                "exit_code",
                outcome.exitCode(),
                "values",
                values,
                "files",
                files);
    }

    private static AssertionResult result(Outcome outcome) {
        if (!outcome.isSuccess()) {
            return AssertionResult.NONE;
        }
        return outcome.files().stream()
                .filter(file -> file.path().equals(VERDICT))
                .findFirst()
                .map(file -> Json.tree(new String(file.content(), StandardCharsets.UTF_8)))
                .map(said -> new AssertionResult(
                        said.path("passed").asBoolean(),
                        Optional.of(said.path("hint"))
                                .filter(JsonNode::isTextual)
                                .map(JsonNode::asText)))
                .orElse(AssertionResult.NONE);
    }
}
