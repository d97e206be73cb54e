package org.tlac.runner.run;

import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Counter;
import org.tlac.platform.metrics.Histogram;
import org.tlac.platform.metrics.Metrics;
import org.tlac.runner.sandbox.Outcome;

/** The runner's metrics. */
public final class RunnerMetrics {

    private static final String LIMIT_TYPE = "concurrency";

    private final Counter runs;
    private final Histogram duration;
    private final Histogram wait;
    private final Counter refused;
    private final Histogram usage;

    public RunnerMetrics(Metrics metrics, RunQueue queue, Runner runner) {
        runs = metrics.counter(Catalogue.PYTHON_RUNS);
        duration = metrics.histogram(Catalogue.PYTHON_RUN_DURATION);
        wait = metrics.histogram(Catalogue.PYTHON_RUN_WAIT);
        refused = metrics.counter(Catalogue.RATE_LIMIT_EXCEEDED);
        usage = metrics.histogram(Catalogue.RATE_LIMIT_USAGE);
        refused.add(0, RunRoutes.RUN, LIMIT_TYPE);
        usage.expect(RunRoutes.RUN);
        metrics.gauge(Catalogue.PYTHON_QUEUE_DEPTH, queue::depth);
        metrics.gauge(Catalogue.PYTHON_SLOTS, () -> runner.isIsolated() ? queue.slotCount() - queue.busy() : 0, "idle");
        metrics.gauge(Catalogue.PYTHON_SLOTS, queue::busy, "busy");
        metrics.gauge(Catalogue.PYTHON_SLOTS, () -> 0, "starting");
        metrics.gauge(Catalogue.PYTHON_SLOTS, () -> runner.isIsolated() ? 0 : queue.slotCount(), "broken");
        metrics.gauge(Catalogue.PYTHON_ISOLATION, () -> runner.isIsolated() ? 1 : 0, "full");
        metrics.gauge(Catalogue.PYTHON_ISOLATION, () -> 0, "process");
        metrics.gauge(Catalogue.PYTHON_ISOLATION, () -> runner.isIsolated() ? 0 : 1, "none");
    }

    void ran(Outcome outcome) {
        String status = outcome.end() == Outcome.End.TIMEOUT ? "timeout" : outcome.isSuccess() ? "success" : "error";
        runs.increment(status);
        duration.observe(outcome.duration());
    }

    void waited(long sinceNanos) {
        wait.observeSince(sinceNanos);
    }

    /** How full the user's two places were, whether admitted or not. */
    void used(int percent) {
        usage.observe(percent, RunRoutes.RUN);
    }

    void refused() {
        refused.increment(RunRoutes.RUN, LIMIT_TYPE);
    }
}
