package org.tlac.platform.db;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.identity.Origin;

/**
 * A deed worth remembering: who did what to whom, from where.
 *
 * @param action one of the contract's actions, as {@code login} or {@code mark_activity}
 * @param actorUsername null when nobody was signed in
 * @param metadata more about it; no secrets
 */
public record AuditEntry(
        String action,
        @Nullable String actorUsername,
        @Nullable String targetUsername,
        @Nullable String lessonId,
        @Nullable String activityId,
        Map<String, Object> metadata,
        String ipAddress,
        String userAgent) {

    public AuditEntry {
        metadata = Map.copyOf(metadata);
    }

    /** A deed of whoever sent a call; of nobody when nobody is signed in. */
    public static AuditEntry of(Origin origin, String action) {
        return new AuditEntry(
                action, origin.username(), null, null, null, Map.of(), origin.clientAddress(), origin.userAgent());
    }

    public AuditEntry by(String username) {
        return new AuditEntry(action, username, targetUsername, lessonId, activityId, metadata, ipAddress, userAgent);
    }

    public AuditEntry on(String username) {
        return new AuditEntry(action, actorUsername, username, lessonId, activityId, metadata, ipAddress, userAgent);
    }

    public AuditEntry at(String lesson, @Nullable String activity) {
        return new AuditEntry(action, actorUsername, targetUsername, lesson, activity, metadata, ipAddress, userAgent);
    }

    public AuditEntry with(Map<String, Object> more) {
        return new AuditEntry(action, actorUsername, targetUsername, lessonId, activityId, more, ipAddress, userAgent);
    }
}
