package org.tlac.runner.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.http.ApiError;
import org.tlac.runner.run.RunAdmission;
import org.tlac.runner.run.RunAnswer;
import org.tlac.runner.sandbox.Outcome;

/**
 * Checks one pupil's program: runs it as the checks want it, in the queue like any run of that pupil's, and compares here, outside of
 * every sandbox, with what is expected. A check without a clear yes has failed.
 */
final class Checker {

    private static final int SHOWN_CHARACTERS = 2000;

    private final RunAdmission admission;
    private final AssertionRunner assertions;
    private final long userId;
    private final String code;
    private final long deadline;
    private final Map<TestRun, Observation> observed = new HashMap<>();

    /** @param budget how long all checks of the program may take */
    Checker(RunAdmission admission, AssertionRunner assertions, Duration budget, long userId, String code) {
        this.admission = admission;
        this.assertions = assertions;
        this.userId = userId;
        this.code = code;
        this.deadline = System.nanoTime() + budget.toNanos();
    }

    /** @throws ApiError 429 and 503 as for a run @throws org.tlac.runner.sandbox.SandboxException when the sandbox failed */
    Verdict check(Check check) throws InterruptedException {
        String name = Objects.requireNonNull(check.name());
        Observation seen = observe(check.experiment());
        if (seen == null) {
            return new Verdict(name, false, Optional.of("There was no time left for this one."), Optional.empty());
        }
        if (!holds(check, seen)) {
            return failed(check, seen, Optional.empty());
        }
        if (check.assertion() == null) {
            return new Verdict(name, true, Optional.empty(), Optional.empty());
        }
        AssertionRunner.AssertionResult result =
                assertions.run(check.assertion(), check.expected().size(), code, seen, left());
        return result.passed()
                ? new Verdict(name, true, Optional.empty(), Optional.empty())
                : failed(check, seen, result.hint());
    }

    private static Verdict failed(Check check, Observation seen, Optional<String> hint) {
        Outcome outcome = seen.outcome();
        String printed = outcome.stdout() + outcome.stderr() + RunAnswer.hint(outcome.end());
        String shown = printed.codePointCount(0, printed.length()) <= SHOWN_CHARACTERS
                ? printed
                : printed.substring(0, printed.offsetByCodePoints(0, SHOWN_CHARACTERS)) + "\n...[truncated]";
        return new Verdict(
                Objects.requireNonNull(check.name()),
                false,
                hint.or(() -> Optional.ofNullable(check.hint())),
                Optional.of(shown));
    }

    private static boolean holds(Check check, Observation seen) {
        Outcome outcome = seen.outcome();
        Printed printed = new Printed(check.ignored());
        int exitCode = check.exitCode() == null ? 0 : check.exitCode();
        return outcome.end() == Outcome.End.EXITED
                && outcome.exitCode() == exitCode
                && seen.gaveAll()
                && (check.output() == null || printed.equal(check.output(), outcome.stdout()))
                && (check.contains() == null || printed.contains(check.contains(), outcome.stdout()))
                && valuesHold(check.expected(), seen, printed);
    }

    private static boolean valuesHold(List<Check.Value> expected, Observation seen, Printed printed) {
        for (int i = 0; i < expected.size(); i++) {
            if (!holds(expected.get(i), seen.value(i), printed)) {
                return false;
            }
        }
        return true;
    }

    private static boolean holds(Check.Value expected, JsonNode answer, Printed printed) {
        if (expected.prints() != null
                && !printed.equal(expected.prints(), answer.path("printed").asText())) {
            return false;
        }
        if (expected.raises() != null) {
            return stream(answer.path("raised")).anyMatch(kind -> kind.asText().equals(expected.raises()));
        }
        if (!answer.has("value") || answer.has("raised")) {
            return false;
        }
        return expected.is() == null
                || Values.matches(expected.is(), answer.path("value"), Optional.ofNullable(expected.within()));
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    /** Runs the program, once for each experiment. @return null when there is no time left */
    private @Nullable Observation observe(TestRun experiment) throws InterruptedException {
        Observation known = observed.get(experiment);
        if (known != null || left().isZero()) {
            return known;
        }
        Observation seen = Observation.of(experiment, admission.runForCheck(userId, experiment.program(code), left()));
        observed.put(experiment, seen);
        return seen;
    }

    private Duration left() {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }
}
