package org.tlac.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class WatchdogLimitsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Liveness SILENT = new Liveness(false, true, "Read timed out");

    private final AtomicReference<Duration> used = new AtomicReference<>(Duration.ZERO);
    private final Watchdog watchdog = new Watchdog(new Watchdog.Limits(SECOND, SECOND, 3, 5), used::get);

    /** The number of checks that fail until the part is ended. */
    private int failures(Liveness found, Duration usedPerCheck) {
        for (int i = 1; i < 100; i++) {
            used.updateAndGet(before -> before.plus(usedPerCheck));
            if (watchdog.isHungAfter(found)) {
                return i;
            }
        }
        return 100;
    }

    @Test
    void silentAndIdle_isHung() {
        assertThat(failures(SILENT, Duration.ofMillis(249))).isEqualTo(3);
    }

    @Test
    void silentAndBusy_isWaitedForLonger_butNotForEver() {
        assertThat(failures(SILENT, Duration.ofMillis(250))).isEqualTo(5);
    }

    @Test
    void whatSaysThatItDoesNotWork_isBelieved_howeverBusyItIs() {
        assertThat(failures(Liveness.failed("503 DOWN"), SECOND)).isEqualTo(3);
    }

    @Test
    void answer_beginsAnew() {
        assertThat(watchdog.isHungAfter(SILENT)).isFalse();
        assertThat(watchdog.isHungAfter(SILENT)).isFalse();
        assertThat(watchdog.isHungAfter(Liveness.ALIVE)).isFalse();
        assertThat(failures(SILENT, Duration.ZERO)).isEqualTo(3);
    }

    @Test
    void whatWasUsedBeforeTheSilence_doesNotCount() {
        used.set(Duration.ofHours(1));
        assertThat(watchdog.isHungAfter(Liveness.ALIVE)).isFalse();
        assertThat(failures(SILENT, Duration.ZERO)).isEqualTo(3);
    }
}
