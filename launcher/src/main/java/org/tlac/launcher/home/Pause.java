package org.tlac.launcher.home;

import java.time.Duration;

/** Between two looks at something that takes its time. */
public final class Pause {

    private Pause() {}

    /** @throws UserError when somebody interrupts it */
    public static void of(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserError("Interrupted", e);
        }
    }
}
