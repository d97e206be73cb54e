package org.tlac.platform.identity;

import org.jspecify.annotations.Nullable;

/**
 * A signed-in user, as auth-service vouched for them.
 *
 * @param id the user's key in auth-service's database
 * @param cohortYear the year a pupil's class began; null for those without one
 * @param clientAddress where the request came from, as the gateway saw it; for the audit log
 */
public record Caller(
        long id,
        String username,
        String name,
        Role role,
        @Nullable Integer cohortYear,
        String clientAddress) {}
