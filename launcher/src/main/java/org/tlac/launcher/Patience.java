package org.tlac.launcher;

import java.time.Duration;

/**
 * How long the launcher waits for what.
 *
 * @param ready from a part's launch until it says that it is ready
 * @param firstPause before a part that died is started again
 * @param longestPause the pause doubles up to this while the part keeps dying
 * @param stable a part that ran for so long died of something new: its pauses begin anew
 */
record Patience(Duration ready, Duration firstPause, Duration longestPause, Duration stable) {

    static final Patience STANDARD =
            new Patience(Duration.ofSeconds(60), Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofSeconds(60));
}
