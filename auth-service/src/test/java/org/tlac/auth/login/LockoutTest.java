package org.tlac.auth.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LockoutTest {

    private static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 0",
        "2, 0",
        "3, 30",
        "4, 30",
        "5, 120",
        "6, 120",
        "7, 300",
        "8, 300",
        "9, 600",
        "10, 600",
        "1000, 600"
    })
    void locks_asTheContractSays(int failures, int seconds) {
        assertThat(Lockout.after(failures)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 33.3", "2, 66.7", "3, 100", "6, 200"})
    void usage_isPercentOfTheFailuresThatLock(int failures, double percent) {
        assertThat(Lockout.usedPercent(failures)).isCloseTo(percent, org.assertj.core.data.Offset.offset(0.1));
    }

    private static LockoutState after(int accountFailures, int addressFailures, boolean known) {
        return new LockoutState(counted(accountFailures), counted(addressFailures), known);
    }

    private static Failures counted(int failures) {
        Failures counted = Failures.NONE;
        for (int i = 0; i < failures; i++) {
            counted = counted.andOneMore(NOW);
        }
        return counted;
    }

    @Test
    void fifthFailure_locksFor120s() {
        LockoutState standing = after(4, 4, false).afterFailure(NOW);
        assertThat(standing.lockedFor(NOW)).isEqualTo(Duration.ofMinutes(2));
        assertThat(standing.lockedFor(NOW.plusSeconds(119))).isEqualTo(Duration.ofSeconds(1));
        assertThat(standing.lockedFor(NOW.plusSeconds(120))).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        // Failures on the account from anywhere and from this address; whether the address is known; seconds; failures
        // that count.
        "3, 0, false, 30, 3",
        "3, 0, true, 0, 0",
        "9, 3, true, 30, 3",
        "9, 3, false, 600, 9",
        "0, 5, false, 120, 5",
        "0, 5, true, 120, 5",
        "2, 2, false, 0, 2"
    })
    void knownAddress_answersForItsOwnFailuresOnly(int account, int address, boolean known, int seconds, int counting) {
        LockoutState standing = after(account, address, known);
        assertThat(standing.lockedFor(NOW)).isEqualTo(Duration.ofSeconds(seconds));
        assertThat(standing.failures()).isEqualTo(counting);
    }

    @Test
    void failureAtAKnownAddress_countsOnTheAccountToo() {
        LockoutState standing = after(2, 0, true).afterFailure(NOW);
        assertThat(standing.account().count()).isEqualTo(3);
        assertThat(standing.address().count()).isEqualTo(1);
        assertThat(standing.lockedFor(NOW)).isZero();
    }
}
