package org.tlac.auth.maintenance;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Jobs that run one after the other, again and again, on one thread. They are idempotent: every replica runs them. */
public final class MaintenanceJobs implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MaintenanceJobs.class);

    private static final Duration LAST_JOB = Duration.ofSeconds(10);

    private final Consumer<String> failed;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("maintenance").factory());

    private MaintenanceJobs(Consumer<String> failed) {
        this.failed = failed;
    }

    /**
     * Starts the thread; the first round comes after the first interval.
     *
     * @param jobs by name
     * @param failed is told the name of a job that failed; the others go on
     */
    public static MaintenanceJobs start(Map<String, Runnable> jobs, Duration interval, Consumer<String> failed) {
        MaintenanceJobs maintenance = new MaintenanceJobs(failed);
        Map<String, Runnable> inOrder = new LinkedHashMap<>(jobs);
        long nanos = interval.toNanos();
        var unused = maintenance.executor.scheduleWithFixedDelay(
                () -> inOrder.forEach(maintenance::run), nanos, nanos, TimeUnit.NANOSECONDS);
        return maintenance;
    }

    private void run(String name, Runnable job) {
        try {
            job.run();
        } catch (RuntimeException e) {
            failed.accept(name);
            LOG.warn("The maintenance job {} failed; it is tried again in the next round", name, e);
        }
    }

    /** Waits for the job that is running. */
    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(LAST_JOB.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("A maintenance job is still running after {}", LAST_JOB);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
