package org.tlac.launcher.process;

import java.time.Duration;
import org.tlac.launcher.LauncherConfig;
import org.tlac.launcher.home.UserError;

/**
 * How long the launcher waits for what. The defaults are {@link LauncherConfig}'s.
 *
 * @param ready from a part's launch until it says that it is ready
 * @param firstPause before a part that died is started again
 * @param longestPause the pause doubles up to this while the part keeps dying
 * @param stable a part that was healthy for so long died of something new: its pauses begin anew
 */
public record Timeouts(Duration ready, Duration firstPause, Duration longestPause, Duration stable) {

    public Timeouts {
        if (longestPause.compareTo(firstPause) < 0) {
            throw new UserError("TLAC_BACKOFF_LONGEST is shorter than TLAC_BACKOFF_FIRST.");
        }
    }

    public Timeouts withLongestPause(Duration longest) {
        return new Timeouts(ready, firstPause, longest, stable);
    }
}
