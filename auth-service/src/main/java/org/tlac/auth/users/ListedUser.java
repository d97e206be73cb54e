package org.tlac.auth.users;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A user as admins see one in a list. */
record ListedUser(
        long id,
        String username,
        String name,
        String role,
        @Nullable Integer cohortYear,
        boolean active,
        @Nullable Instant lastLoginAt,
        Instant createdAt) {}
