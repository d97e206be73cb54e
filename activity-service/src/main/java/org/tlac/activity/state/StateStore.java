package org.tlac.activity.state;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tlac.activity.pupil.Pupil;
import org.tlac.platform.course.ActivityKey;
import org.tlac.platform.db.Row;
import org.tlac.platform.db.Statements;
import org.tlac.platform.db.Transaction;

/** The table {@code activity_states}. */
final class StateStore {

    /** What a list holds around each state: field names, ids, times. Without it, empty states would be free and endless. */
    static final int BYTES_AROUND = 256;

    /** Newest first. */
    List<SavedState> list(Statements db, Pupil pupil) {
        return db.query("states.list", """
                select lesson_id, activity_id, revision_id, cast(state as text) as state_text, updated_at, client_saved_at
                from activity_states
                where user_id = :user_id
                order by updated_at desc, revision_id desc
                """, Map.of("user_id", pupil.userId()), StateStore::read);
    }

    Optional<SavedState> find(Statements db, Pupil pupil, ActivityKey activity) {
        return db.queryOne("states.find", """
                select lesson_id, activity_id, revision_id, cast(state as text) as state_text, updated_at, client_saved_at
                from activity_states
                where user_id = :user_id and lesson_id = :lesson_id and activity_id = :activity_id
                """, key(pupil, activity), StateStore::read);
    }

    /** The state, with every other save of it held off until the transaction ends. */
    Optional<SavedState> lock(Transaction tx, Pupil pupil, ActivityKey activity) {
        return tx.queryOne("states.lock", """
                select lesson_id, activity_id, revision_id, cast(state as text) as state_text, updated_at, client_saved_at
                from activity_states
                where user_id = :user_id and lesson_id = :lesson_id and activity_id = :activity_id
                for update
                """, key(pupil, activity), StateStore::read);
    }

    /** What a list of all the user's states takes. */
    long bytes(Statements db, Pupil pupil) {
        return db.queryOne(
                        "states.bytes",
                        "select coalesce(sum(state_bytes + :around), 0) as bytes from activity_states where user_id = :user_id",
                        Map.of("user_id", pupil.userId(), "around", BYTES_AROUND),
                        row -> row.longValue("bytes"))
                .orElse(0L);
    }

    /** What the user's other states take together in a list of them. */
    long bytesOfOthers(Transaction tx, Pupil pupil, ActivityKey activity) {
        Map<String, @Nullable Object> parameters = key(pupil, activity);
        parameters.put("around", BYTES_AROUND);
        return tx.queryOne("states.bytes-of-others", """
                        select coalesce(sum(state_bytes + :around), 0) as bytes
                        from activity_states
                        where user_id = :user_id and not (lesson_id = :lesson_id and activity_id = :activity_id)
                        """, parameters, row -> row.longValue("bytes"))
                .orElse(0L);
    }

    /**
     * Puts the newest state in place and draws its revision's id while holding the row's lock: ids of one activity follow the order in
     * which its saves took effect, and so do its times, whatever the clocks of several replicas say.
     */
    SaveResult.Stored put(Transaction tx, Saves.Save save, Instant now) {
        Map<String, @Nullable Object> parameters = key(save.pupil(), save.activity());
        parameters.put("username", save.pupil().username());
        parameters.put("state", save.text().json());
        parameters.put("state_bytes", save.text().bytes());
        parameters.put("now", now);
        parameters.put("client_saved_at", save.clientSavedAt());
        return tx.queryOne(
                        "states.put",
                        """
                        insert into activity_states (user_id, username, lesson_id, activity_id, revision_id,
                            state, state_bytes, updated_at, client_saved_at)
                        values (:user_id, :username, :lesson_id, :activity_id, nextval('activity_revision_ids'),
                            cast(:state as json), :state_bytes, :now, :client_saved_at)
                        on conflict (user_id, lesson_id, activity_id) do update set
                            username = excluded.username,
                            revision_id = nextval('activity_revision_ids'),
                            state = excluded.state,
                            state_bytes = excluded.state_bytes,
                            updated_at = greatest(excluded.updated_at, activity_states.updated_at),
                            client_saved_at = excluded.client_saved_at
                        returning revision_id, updated_at
                        """,
                        parameters,
                        row -> new SaveResult.Stored(row.longValue("revision_id"), row.instant("updated_at")))
                .orElseThrow();
    }

    private static Map<String, @Nullable Object> key(Pupil pupil, ActivityKey activity) {
        Map<String, @Nullable Object> key = new HashMap<>();
        key.put("user_id", pupil.userId());
        key.put("lesson_id", activity.lessonId().value());
        key.put("activity_id", activity.activityId().value());
        return key;
    }

    private static SavedState read(Row row) {
        return new SavedState(
                ActivityKey.of(row.string("lesson_id"), row.string("activity_id")),
                row.longValue("revision_id"),
                row.string("state_text"),
                row.instant("updated_at"),
                row.optionalInstant("client_saved_at").orElse(null));
    }
}
