package org.tlac.platform.db;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Counter;
import org.tlac.platform.metrics.Metrics;

/** The audit log as every service but auth-service knows it: a table to append to, in the transaction of the deed it records. */
public final class AuditLog {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Counter entries;

    /** @param actions what this service records; their series exist at 0 from the start */
    public AuditLog(Metrics metrics, List<String> actions) {
        entries = metrics.counter(Catalogue.AUDIT_ENTRIES);
        actions.forEach(action -> entries.add(0, action));
    }

    private static String json(Map<String, Object> metadata) {
        try {
            return JSON.writeValueAsString(metadata);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("metadata that cannot be written as JSON", e);
        }
    }

    /** Writes the entry; it is counted when the transaction is committed. */
    public void append(Transaction transaction, AuditEntry entry) {
        Map<String, @Nullable Object> parameters = new HashMap<>();
        parameters.put("action", entry.action());
        parameters.put("actor", entry.actorUsername());
        parameters.put("target", entry.targetUsername());
        parameters.put("lesson", entry.lessonId());
        parameters.put("activity", entry.activityId());
        parameters.put("metadata", json(entry.metadata()));
        parameters.put("ip", entry.ipAddress());
        parameters.put("agent", entry.userAgent());
        transaction.update("audit.append", """
                insert into audit.audit_logs
                  (action, actor_username, target_username, lesson_id, activity_id, metadata, ip_address, user_agent)
                values (:action, :actor, :target, :lesson, :activity, cast(:metadata as jsonb), :ip, :agent)
                """, parameters);
        transaction.onCommit(() -> entries.increment(entry.action()));
    }
}
