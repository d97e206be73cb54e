package org.tlac.auth.login;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Failures in a row, and until when they lock. */
record Failures(int count, @Nullable Instant lockedUntil) {

    static final Failures NONE = new Failures(0, null);

    Failures andOneMore(Instant now) {
        Duration lock = Lockout.after(count + 1);
        return new Failures(count + 1, lock.isZero() ? null : now.plus(lock));
    }

    /** How long they still lock; zero when they do not. */
    Duration lockedFor(Instant now) {
        return lockedUntil == null || !lockedUntil.isAfter(now) ? Duration.ZERO : Duration.between(now, lockedUntil);
    }
}
