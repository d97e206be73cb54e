package org.tlac.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SlidingWindowTest {

    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
    private final SlidingWindow window = new SlidingWindow(3, Duration.ofMinutes(1));

    private SlidingWindow.Verdict at(long seconds) {
        return window.admit(START.plusSeconds(seconds), 0);
    }

    @Test
    void callsUpToTheLimit_areAdmitted_theNextIsToldWhenToComeBack() {
        assertThat(at(0)).isEqualTo(new SlidingWindow.Verdict(1, Duration.ZERO));
        assertThat(at(10)).isEqualTo(new SlidingWindow.Verdict(2, Duration.ZERO));
        assertThat(at(20)).isEqualTo(new SlidingWindow.Verdict(3, Duration.ZERO));
        assertThat(at(30)).isEqualTo(new SlidingWindow.Verdict(4, Duration.ofSeconds(30)));
        assertThat(at(59).admitted()).isFalse();
    }

    @Test
    void oneIsAdmittedAgain_whenTheOldestIsAMinuteOld() {
        at(0);
        at(10);
        at(20);
        assertThat(at(60).admitted()).isTrue();
        assertThat(at(61)).isEqualTo(new SlidingWindow.Verdict(4, Duration.ofSeconds(9)));
        assertThat(at(70).admitted()).isTrue();
    }

    @Test
    void refusedCalls_doNotProlongTheWait() {
        at(0);
        at(0);
        at(0);
        for (int second = 1; second < 60; second++) {
            assertThat(at(second).admitted()).isFalse();
        }
        assertThat(at(60)).isEqualTo(new SlidingWindow.Verdict(1, Duration.ZERO));
    }

    @Test
    void callsElsewhere_countToo() {
        assertThat(window.admit(START, 1)).isEqualTo(new SlidingWindow.Verdict(2, Duration.ZERO));
        assertThat(window.admit(START.plusSeconds(10), 1).admitted()).isTrue();
        assertThat(window.admit(START.plusSeconds(20), 1))
                .isEqualTo(new SlidingWindow.Verdict(4, Duration.ofSeconds(40)));
        assertThat(window.count(START.plusSeconds(20))).isEqualTo(2);
        assertThat(window.count(START.plusSeconds(60))).isEqualTo(1);
    }

    @Test
    void whoCalledOnlyElsewhere_isToldToComeBackSoon() {
        assertThat(window.admit(START, 3)).isEqualTo(new SlidingWindow.Verdict(4, Duration.ofSeconds(5)));
        assertThat(window.admit(START, 2).admitted()).isTrue();
    }
}
