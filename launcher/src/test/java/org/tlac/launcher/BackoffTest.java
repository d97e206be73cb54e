package org.tlac.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private static final Duration SHORT = Duration.ofSeconds(3);

    @Test
    void pauses_doubleUpToTheLongest() {
        Backoff backoff = new Backoff(Patience.STANDARD);
        List<Long> seconds =
                Stream.generate(() -> backoff.after(SHORT).toSeconds()).limit(7).toList();
        assertThat(seconds).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
    }

    @Test
    void longRun_beginsAnew() {
        Backoff backoff = new Backoff(Patience.STANDARD);
        backoff.after(SHORT);
        backoff.after(SHORT);
        assertThat(backoff.after(Duration.ofSeconds(59))).isEqualTo(Duration.ofSeconds(4));
        assertThat(backoff.after(Duration.ofSeconds(60))).isEqualTo(Duration.ofSeconds(1));
        assertThat(backoff.after(SHORT)).isEqualTo(Duration.ofSeconds(2));
    }
}
