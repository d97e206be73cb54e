package org.tlac.runner.run;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Counter;
import org.tlac.platform.metrics.Histogram;
import org.tlac.platform.metrics.Metrics;
import org.tlac.runner.sandbox.Isolation;
import org.tlac.runner.sandbox.Outcome;
import org.tlac.runner.sandbox.Sandbox;

/** The runner's metrics. */
public final class RunnerMetrics {

    private static final String LIMIT_TYPE = "concurrency";

    private final Metrics metrics;
    private final Counter runs;
    private final Histogram duration;
    private final Histogram wait;
    private final Counter refused;
    private final Histogram usage;

    public RunnerMetrics(Metrics metrics, RunQueue queue, Sandbox sandbox) {
        this.metrics = metrics;
        runs = metrics.counter(Catalogue.PYTHON_RUNS);
        duration = metrics.histogram(Catalogue.PYTHON_RUN_DURATION);
        wait = metrics.histogram(Catalogue.PYTHON_RUN_WAIT);
        refused = metrics.counter(Catalogue.RATE_LIMIT_EXCEEDED);
        usage = metrics.histogram(Catalogue.RATE_LIMIT_USAGE);
        refused.add(0, RunRequest.PATH, LIMIT_TYPE);
        usage.expect(RunRequest.PATH);
        metrics.gauge(Catalogue.PYTHON_QUEUE_DEPTH, queue::depth);
        for (String state : Sandbox.states()) {
            metrics.gauge(Catalogue.PYTHON_SLOTS, () -> sandbox.slots(state), state);
        }
        for (Isolation level : Isolation.values()) {
            metrics.gauge(Catalogue.PYTHON_ISOLATION, () -> sandbox.isolation() == level ? 1 : 0, level.id());
        }
    }

    /** @param running interactive runs that have not ended */
    public void interactiveRuns(DoubleSupplier running) {
        metrics.gauge(Catalogue.PYTHON_SESSIONS, running);
    }

    /** @param waited for a slot */
    public void ran(Outcome outcome, Duration waited) {
        String status = outcome.end() == Outcome.End.TIMEOUT ? "timeout" : outcome.isSuccess() ? "success" : "error";
        runs.increment(status);
        duration.observe(outcome.duration());
        wait.observe(waited);
    }

    /** @param programs that the user has here now, this one included */
    void admitted(int programs) {
        used(programs);
    }

    void refused() {
        used(RunQueue.PROGRAMS_OF_A_USER + 1);
        refused.increment(RunRequest.PATH, LIMIT_TYPE);
    }

    /** How full the user's places were with this program, whether it was admitted or not. */
    private void used(int programs) {
        usage.observe(100.0 * programs / RunQueue.PROGRAMS_OF_A_USER, RunRequest.PATH);
    }
}
