package org.tlac.auth.login;

import java.time.Duration;
import java.time.Instant;

/**
 * Where an account stands with a client address: failures on the account from anywhere, and those from this address alone. Both lock;
 * but from an address where the account's user signed in lately only the second counts, or anyone in the world who knows a pupil's name
 * could keep that pupil out for ever by failing on purpose. Guesses stay bounded: an address becomes known by the right password only.
 *
 * @param known whether the account's user signed in from this address lately
 */
record LockoutState(Failures account, Failures address, boolean known) {

    static final LockoutState UNKNOWN = new LockoutState(Failures.NONE, Failures.NONE, false);

    /** How long an attempt from this address must wait; zero when it need not. */
    Duration lockedFor(Instant now) {
        Duration here = address.lockedFor(now);
        Duration anywhere = known ? Duration.ZERO : account.lockedFor(now);
        return here.compareTo(anywhere) >= 0 ? here : anywhere;
    }

    /** The failures that decide about this address. */
    int failures() {
        return known ? address.count() : Math.max(account.count(), address.count());
    }

    LockoutState afterFailure(Instant now) {
        return new LockoutState(account.andOneMore(now), address.andOneMore(now), known);
    }
}
