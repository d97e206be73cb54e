package org.tlac.launcher;

import java.time.Duration;

/** Between two looks at something that takes its time. */
final class Pause {

    private Pause() {}

    /** @throws UserError when somebody interrupts it */
    static void of(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserError("Interrupted", e);
        }
    }
}
