package org.tlac.auth.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyRotationTest {

    private static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");
    private static final KeyRotation ROTATION = new KeyRotation(Duration.ofDays(30), Duration.ofHours(1));

    private static KeyPeriod first() {
        return ROTATION.next(List.of(), NOW).orElseThrow();
    }

    @Test
    void firstKey_signsAtOnce() {
        assertThat(first())
                .isEqualTo(new KeyPeriod(
                        NOW,
                        NOW.plus(Duration.ofDays(30)),
                        NOW.plus(Duration.ofDays(30)).plus(Duration.ofHours(1))));
    }

    @Test
    void noKeyIsMade_whileOneSignsLongEnough() {
        Instant justBefore = first().signsUntil().minus(KeyRotation.AHEAD).minusMillis(1);
        assertThat(ROTATION.next(List.of(first()), justBefore)).isEmpty();
    }

    @Test
    void nextKey_isPublishedBeforeItSigns() {
        Instant due = first().signsUntil().minus(KeyRotation.AHEAD);
        KeyPeriod next = ROTATION.next(List.of(first()), due).orElseThrow();
        assertThat(next.signsFrom()).isEqualTo(first().signsUntil());
        assertThat(ROTATION.next(List.of(first(), next), due)).isEmpty();
    }

    @Test
    void afterALongStandstill_theNewKeySignsAtOnce() {
        Instant late = first().signsUntil();
        assertThat(ROTATION.next(List.of(first()), late).orElseThrow().signsFrom())
                .isEqualTo(late);
    }

    @Test
    void timesTooShort_nameTheirKeys() {
        assertThatThrownBy(() -> new KeyRotation(Duration.ofMinutes(19), Duration.ofHours(1)))
                .hasMessageContaining("keys.rotation");
        assertThatThrownBy(() -> new KeyRotation(Duration.ofDays(1), Duration.ofMinutes(4)))
                .hasMessageContaining("keys.published");
    }
}
