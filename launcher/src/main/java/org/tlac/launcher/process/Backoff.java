package org.tlac.launcher.process;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** How long to wait before what died is started again: longer and longer while it keeps dying, forgotten once it was healthy for a while. */
final class Backoff {

    private final Timeouts patience;
    private final InstantSource clock;
    private Duration next;
    private @Nullable Instant healthySince;

    Backoff(Timeouts patience, InstantSource clock) {
        this.patience = patience;
        this.clock = clock;
        this.next = patience.firstPause();
    }

    /** It is ready, from now on. */
    void healthy() {
        healthySince = clock.instant();
    }

    /** It died, or did not even start: the pause before it is started again. */
    Duration died() {
        if (healthySince != null
                && Duration.between(healthySince, clock.instant()).compareTo(patience.stable()) >= 0) {
            next = patience.firstPause();
        }
        healthySince = null;
        Duration pause = next;
        Duration doubled = pause.multipliedBy(2);
        next = doubled.compareTo(patience.longestPause()) < 0 ? doubled : patience.longestPause();
        return pause;
    }
}
