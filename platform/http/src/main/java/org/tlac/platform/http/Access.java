package org.tlac.platform.http;

import org.tlac.platform.identity.Identity;
import org.tlac.platform.identity.Role;

/** Who may call a route. A route without an answer to that cannot be declared. */
public enum Access {
    ANYONE,
    SIGNED_IN,
    TEACHER,
    ADMIN,
    /** Only another service of ours, acting for itself. */
    SERVICE;

    /** @throws ApiError 401 when signing in would help, 403 when not */
    void check(Identity identity) {
        if (this == ANYONE) {
            return;
        }
        switch (identity) {
            case Identity.Anonymous anonymous -> throw ApiError.notAuthenticated();
            case Identity.Service service -> require(this == SERVICE);
            case Identity.User user -> require(admits(user.caller().role()));
        }
    }

    /** Whether a signed-in user of that role may call. */
    public boolean admits(Role role) {
        return switch (this) {
            case ANYONE, SIGNED_IN -> true;
            case TEACHER -> role.atLeast(Role.TEACHER);
            case ADMIN -> role.atLeast(Role.ADMIN);
            case SERVICE -> false;
        };
    }

    private static void require(boolean allowed) {
        if (!allowed) {
            throw ApiError.forbidden();
        }
    }
}
