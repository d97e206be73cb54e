package org.tlac.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tlac.launcher.LauncherConfig;

class BackoffTest {

    private Instant now = Instant.parse("2026-09-01T08:00:00Z");

    private Backoff backoff(Timeouts patience) {
        return new Backoff(patience, () -> now);
    }

    private static List<Long> millis(Backoff backoff, int deaths) {
        return Stream.generate(() -> backoff.died().toMillis()).limit(deaths).toList();
    }

    @Test
    void pauses_doubleUpToTheLongest() {
        assertThat(millis(backoff(LauncherConfig.STANDARD.patience()), 10))
                .containsExactly(250L, 500L, 1000L, 2000L, 4000L, 8000L, 16_000L, 30_000L, 30_000L, 30_000L);
    }

    @Test
    void databaseThatIsKilledAgainAndAgain_waitsFiveSecondsAtMost() {
        Timeouts database =
                LauncherConfig.STANDARD.patience().withLongestPause(LauncherConfig.STANDARD.longestDatabasePause());
        Backoff backoff = backoff(database);
        for (int i = 0; i < 20; i++) {
            backoff.healthy();
            now = now.plusSeconds(59);
            assertThat(backoff.died()).isLessThanOrEqualTo(Duration.ofSeconds(5));
        }
        backoff.healthy();
        assertThat(backoff.died()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void minuteOfHealth_isAFreshStart() {
        Backoff backoff = backoff(LauncherConfig.STANDARD.patience());
        assertThat(millis(backoff, 3)).containsExactly(250L, 500L, 1000L);
        backoff.healthy();
        now = now.plusMillis(59_999);
        assertThat(millis(backoff, 1)).containsExactly(2000L);
        backoff.healthy();
        now = now.plusSeconds(60);
        assertThat(millis(backoff, 2)).containsExactly(250L, 500L);
    }

    /** A minute that passes while it does not become ready is no minute of health. */
    @Test
    void minuteWithoutHealth_isNone() {
        Backoff backoff = backoff(LauncherConfig.STANDARD.patience());
        backoff.healthy();
        assertThat(millis(backoff, 3)).containsExactly(250L, 500L, 1000L);
        now = now.plusSeconds(600);
        assertThat(millis(backoff, 1)).containsExactly(2000L);
    }
}
