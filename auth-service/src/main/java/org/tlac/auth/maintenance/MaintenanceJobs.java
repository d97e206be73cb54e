package org.tlac.auth.maintenance;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Jobs that run one after the other, again and again, on one thread; every replica runs them, and they do not mind. */
public final class MaintenanceJobs implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MaintenanceJobs.class);

    private final Map<String, Runnable> jobs;
    private final Duration interval;
    private final Consumer<String> failed;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;

    private MaintenanceJobs(Map<String, Runnable> jobs, Duration interval, Consumer<String> failed) {
        this.jobs = new LinkedHashMap<>(jobs);
        this.interval = interval;
        this.failed = failed;
        this.thread = Thread.ofVirtual().name("upkeep").unstarted(this::run);
    }

    /**
     * Starts the thread; the first round comes after the first interval.
     *
     * @param jobs by name
     * @param failed is told the name of a job that failed; the others go on
     */
    public static MaintenanceJobs start(Map<String, Runnable> jobs, Duration interval, Consumer<String> failed) {
        MaintenanceJobs upkeep = new MaintenanceJobs(jobs, interval, failed);
        upkeep.thread.start();
        return upkeep;
    }

    private void run() {
        try {
            while (!stopped.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
                jobs.forEach(this::run);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(String name, Runnable job) {
        try {
            job.run();
        } catch (RuntimeException e) {
            failed.accept(name);
            LOG.warn("MaintenanceJobs of {} failed; it is tried again in {}", name, interval, e);
        }
    }

    /** Waits for the job that is running. */
    @Override
    public void close() {
        stopped.countDown();
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
