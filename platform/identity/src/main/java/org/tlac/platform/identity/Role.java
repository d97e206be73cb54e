package org.tlac.platform.identity;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a user may do; each role may do what the ones before it may. */
public enum Role {
    PUPIL,
    TEACHER,
    ADMIN;

    /** The name in JSON, tokens and the database. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Role> of(String id) {
        return Arrays.stream(values()).filter(role -> role.id().equals(id)).findFirst();
    }

    public boolean atLeast(Role other) {
        return compareTo(other) >= 0;
    }
}
