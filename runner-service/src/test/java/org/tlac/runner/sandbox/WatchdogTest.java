package org.tlac.runner.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.tlac.runner.RunningRunner;

/** The look-out over processes of the machine: it stands behind limits that a program does not get past. */
class WatchdogTest {

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final int PATIENCE_SECONDS = 60;

    /** Two children that take 60 MiB each, and wait for ever. */
    private static Process family() throws Exception {
        String child = "/usr/bin/python3 -c 'x = b\"x\" * (60 << 20); input()' <&3 &";
        return new ProcessBuilder(List.of("sh", "-c", "exec 3<&0; " + child + child + " wait")).start();
    }

    @Test
    void memoryOfAFamily_isAddedUp() throws Exception {
        Process process = family();
        List<ProcessHandle> children;
        try (Watchdog watch = new Watchdog();
                Watchdog.Watched watched =
                        watch.over(process, LONG, new Watchdog.Allowance(100 << 20, 0, () -> true))) {
            RunningRunner.await("both children", () -> process.descendants().count() == 2 || !process.isAlive());
            children = process.descendants().toList();
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(watched.reason()).isEqualTo(Watchdog.Reason.MEMORY);
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    void memoryThatAProcessHasFromTheStart_doesNotCount_norDoesMemoryWithinTheAllowance() throws Exception {
        Process process = family();
        try (Watchdog watch = new Watchdog();
                Watchdog.Watched watched =
                        watch.over(process, LONG, new Watchdog.Allowance(50 << 20, 70 << 20, () -> true))) {
            RunningRunner.await(
                    "both are full",
                    () -> Processes.memory(process.pid()).values().stream()
                                    .filter(taken -> taken > 60 << 20)
                                    .count()
                            == 2);
            assertThat(new Watchdog.Allowance(50 << 20, 70 << 20, () -> true).isExceeded(process))
                    .isFalse();
            assertThat(new Watchdog.Allowance(50 << 20, 10 << 20, () -> true).isExceeded(process))
                    .isTrue();
            assertThat(watched.reason()).isNull();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @Test
    void processThatIsOverdue_isEnded() throws Exception {
        Process process = family();
        List<ProcessHandle> children;
        try (Watchdog watch = new Watchdog();
                Watchdog.Watched watched =
                        watch.over(process, LONG, new Watchdog.Allowance(Long.MAX_VALUE, 0, () -> true))) {
            RunningRunner.await("both children", () -> process.descendants().count() == 2);
            children = process.descendants().toList();
            assertThat(watched.reason()).isNull();
            watched.due(Duration.ZERO);
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(watched.reason()).isEqualTo(Watchdog.Reason.OVERDUE);
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
