package org.tlac.auth.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MaintenanceJobsTest {

    @Test
    void jobThatFails_isReported_andTheOthersGoOn() throws Exception {
        BlockingQueue<String> rounds = new LinkedBlockingQueue<>();
        List<String> failed = new CopyOnWriteArrayList<>();
        Map<String, Runnable> jobs = new LinkedHashMap<>();
        jobs.put("broken", () -> {
            throw new IllegalStateException("on purpose");
        });
        jobs.put("sound", () -> rounds.add("sound"));
        try (MaintenanceJobs upkeep = MaintenanceJobs.start(jobs, Duration.ofMillis(1), failed::add)) {
            assertThat(upkeep).isNotNull();
            for (int i = 0; i < 3; i++) {
                assertThat(rounds.poll(10, TimeUnit.SECONDS)).isEqualTo("sound");
            }
        }
        assertThat(failed).hasSizeGreaterThanOrEqualTo(3).containsOnly("broken");
    }

    @Test
    void closed_runsNoMore() {
        AtomicInteger runs = new AtomicInteger();
        MaintenanceJobs upkeep =
                MaintenanceJobs.start(Map.of("job", runs::incrementAndGet), Duration.ofNanos(1), name -> {});
        upkeep.close();
        int after = runs.get();
        upkeep.close();
        assertThat(runs).hasValue(after);
    }
}
