package org.tlac.platform.http;

import java.util.Arrays;
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

    /** The roles of which a caller must have one; for {@link #ANYONE} none is asked for. */
    String[] roles() {
        if (this == SERVICE) {
            return new String[] {Identity.SERVICE_ROLE};
        }
        return Arrays.stream(Role.values()).filter(this::admits).map(Role::id).toArray(String[]::new);
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
}
