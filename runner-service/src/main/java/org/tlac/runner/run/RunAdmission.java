package org.tlac.runner.run;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.http.ApiError;
import org.tlac.runner.sandbox.Isolation;
import org.tlac.runner.sandbox.Outcome;
import org.tlac.runner.sandbox.PythonProgram;
import org.tlac.runner.sandbox.Sandbox;
import org.tlac.runner.sandbox.SandboxException;

/**
 * Admission control: decides whether a program may run now, takes it through the queue and waits for its outcome. Runs and checks come
 * this way; interactive runs have slots of their own and ask only for the isolation.
 */
public final class RunAdmission {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(3);

    private final Sandbox sandbox;
    private final RunQueue queue;
    private final RunnerMetrics metrics;
    private final RunRules rules;

    public RunAdmission(Sandbox sandbox, RunQueue queue, RunnerMetrics metrics, RunRules rules) {
        this.sandbox = sandbox;
        this.queue = queue;
        this.metrics = metrics;
        this.rules = rules;
    }

    /** @return the isolation that holds now @throws ApiError 503 when it is less than the school demands */
    public Isolation requireIsolation() {
        Isolation level = sandbox.isolation();
        if (!rules.permits(level)) {
            throw unavailable(null);
        }
        return level;
    }

    /**
     * Runs a program that a user asked for, and counts the request against the limit of that user.
     *
     * @throws ApiError 429 when this user has too many programs, 503 when none runs here or no slot came free in time
     * @throws SandboxException when the sandbox failed
     */
    Outcome run(long userId, PythonProgram program) throws InterruptedException {
        requireIsolation();
        RunQueue.Admission admission = queue.enter(userId, program);
        switch (admission) {
            case RunQueue.Admission.Accepted accepted -> metrics.admitted(queue.programsOf(userId));
            case RunQueue.Admission.TooManyOfUser refused -> metrics.refused();
            case RunQueue.Admission.Full full -> {}
        }
        Optional<Outcome> outcome = outcome(admission, rules.patience());
        if (outcome.isEmpty()) {
            // No slot may have come free because the sandbox failed meanwhile: then it is no use to try again soon.
            requireIsolation();
        }
        return outcome.orElseThrow(RunAdmission::busy);
    }

    /**
     * Runs a program on behalf of a check.
     *
     * @param left how long the check may still wait for a slot; never longer than a run may
     * @throws ApiError 429 when this user has too many programs, 503 when no slot came free in time
     * @throws SandboxException when the sandbox failed
     */
    public Outcome runForCheck(long userId, PythonProgram program, Duration left) throws InterruptedException {
        Duration patience = left.compareTo(rules.patience()) < 0 ? left : rules.patience();
        return outcome(queue.enter(userId, program), patience).orElseThrow(RunAdmission::busy);
    }

    private Optional<Outcome> outcome(RunQueue.Admission admission, Duration patience) throws InterruptedException {
        return switch (admission) {
            case RunQueue.Admission.Accepted(RunQueue.Ticket ticket) -> {
                Optional<Outcome> outcome = ticket.await(patience);
                outcome.ifPresent(ended -> metrics.ran(ended, ticket.waited()));
                yield outcome;
            }
            case RunQueue.Admission.TooManyOfUser refused ->
                throw ApiError.tooManyRequests("You have a program running and one waiting already.", RETRY_AFTER);
            case RunQueue.Admission.Full full -> throw busy();
        };
    }

    /** 503 for a runner that has no slot free; the client may try again. */
    public static ApiError busy() {
        return ApiError.busy("The Python runner is busy. Please try again shortly.", RETRY_AFTER);
    }

    /** 503 for a sandbox that failed, or that is not as the school demands. */
    public static ApiError unavailable(@Nullable Throwable cause) {
        return ApiError.unavailable("Python runner unavailable.", "internal", cause);
    }
}
