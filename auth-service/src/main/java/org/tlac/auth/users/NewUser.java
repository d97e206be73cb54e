package org.tlac.auth.users;

import org.jspecify.annotations.Nullable;
import org.tlac.platform.identity.Role;

/** An account to be made; every value went through {@link UserRules}. */
record NewUser(
        String username,
        String name,
        Role role,
        String password,
        @Nullable Integer cohortYear,
        String teacherNotes) {

    @Override
    public String toString() {
        return "NewUser[" + username + "]";
    }
}
