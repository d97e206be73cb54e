package org.tlac.auth.login;

import java.time.Duration;

/** How long guessing at a password must pause after so many failures in a row; the numbers are the contract's (api.md). */
final class Lockout {

    /** The first failure that locks. */
    static final int LIMIT = 3;

    private Lockout() {}

    /** The lock that the latest of {@code failures} failures brings; zero for none. */
    static Duration after(int failures) {
        if (failures >= 9) {
            return Duration.ofMinutes(10);
        }
        if (failures >= 7) {
            return Duration.ofMinutes(5);
        }
        if (failures >= 5) {
            return Duration.ofMinutes(2);
        }
        return failures >= LIMIT ? Duration.ofSeconds(30) : Duration.ZERO;
    }

    /** Percent of the failures that bring a lock; above 100 for those who go on after one. */
    static double usedPercent(int failures) {
        return 100.0 * failures / LIMIT;
    }
}
