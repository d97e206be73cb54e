package org.tlac.auth.users;

import org.jspecify.annotations.Nullable;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.identity.Role;

/**
 * A user as the contract's {@code user} object shows one.
 *
 * @param role pupil, teacher or admin
 */
public record User(
        long id,
        String username,
        String name,
        String role,
        @Nullable Integer cohortYear) {

    /** This user as the sender of a call from that address. */
    public Caller caller(String clientAddress) {
        return new Caller(id, username, name, Role.of(role).orElseThrow(), cohortYear, clientAddress);
    }
}
