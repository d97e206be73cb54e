package org.tlac.launcher;

import java.time.Duration;

/** How long to wait before what died is started again: longer and longer while it keeps dying. */
final class Backoff {

    private final Patience patience;
    private Duration next;

    Backoff(Patience patience) {
        this.patience = patience;
        this.next = patience.firstPause();
    }

    /** The pause after a run that lasted so long. */
    Duration after(Duration run) {
        Duration pause = run.compareTo(patience.stable()) >= 0 ? patience.firstPause() : next;
        Duration doubled = pause.multipliedBy(2);
        next = doubled.compareTo(patience.longestPause()) < 0 ? doubled : patience.longestPause();
        return pause;
    }
}
