package org.tlac.runner.run;

import java.time.Duration;
import org.tlac.runner.sandbox.Isolation;
import org.tlac.runner.sandbox.Limits;

/**
 * The limits of runs.
 *
 * @param limits of one program
 * @param patience how long a program may wait for a slot
 * @param minimum below it, nothing runs
 */
public record RunRules(Limits limits, Duration patience, Isolation minimum) {

    /** Whether programs may run at that level; at none they never may. */
    public boolean permits(Isolation level) {
        return level != Isolation.NONE && level.compareTo(minimum) >= 0;
    }
}
