package org.tlac.activity.state;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tlac.activity.pupil.Pupil;
import org.tlac.platform.course.ActivityId;
import org.tlac.platform.course.ActivityKey;
import org.tlac.platform.course.LessonId;
import org.tlac.platform.db.Statements;
import org.tlac.platform.db.Transaction;

/** The table {@code activity_revisions}: rows are only ever added. */
final class RevisionStore {

    record Revision(
            long id,
            ActivityKey activity,
            String json,
            Instant createdAt,
            @Nullable Instant clientSavedAt) {}

    /**
     * @param lessonId null for every lesson, and so for {@code activityId}
     * @param maxBytes once newer states took so much together, older revisions are left out, whatever the limit asked for
     */
    record Filter(
            Pupil pupil,
            @Nullable LessonId lessonId,
            @Nullable ActivityId activityId,
            int limit,
            long maxBytes) {}

    void append(Transaction tx, Saves.Save save, SaveResult.Stored stored) {
        Map<String, @Nullable Object> parameters = new HashMap<>();
        parameters.put("id", stored.revisionId());
        parameters.put("user_id", save.pupil().userId());
        parameters.put("username", save.pupil().username());
        parameters.put("lesson_id", save.activity().lessonId().value());
        parameters.put("activity_id", save.activity().activityId().value());
        parameters.put("state", save.text().json());
        parameters.put("state_bytes", save.text().bytes());
        parameters.put("created_at", stored.updatedAt());
        parameters.put("client_saved_at", save.clientSavedAt());
        tx.update("revisions.append", """
                insert into activity_revisions (id, user_id, username, lesson_id, activity_id,
                    state, state_bytes, created_at, client_saved_at)
                values (:id, :user_id, :username, :lesson_id, :activity_id,
                    cast(:state as json), :state_bytes, :created_at, :client_saved_at)
                """, parameters);
    }

    /** Newest first. The sizes are added up before any state is read, so the bound costs no reading. */
    List<Revision> list(Statements db, Filter filter) {
        Map<String, @Nullable Object> parameters = new HashMap<>();
        parameters.put("user_id", filter.pupil().userId());
        parameters.put("limit", filter.limit());
        parameters.put("max_bytes", filter.maxBytes());
        String where = "";
        if (filter.lessonId() != null) {
            where += " and lesson_id = :lesson_id";
            parameters.put("lesson_id", filter.lessonId().value());
        }
        if (filter.activityId() != null) {
            where += " and activity_id = :activity_id";
            parameters.put("activity_id", filter.activityId().value());
        }
        return db.query(
                "revisions.list",
                """
                select r.id, r.lesson_id, r.activity_id, cast(r.state as text) as state_text, r.created_at, r.client_saved_at
                from (select id, sum(state_bytes) over (order by id desc) - state_bytes as bytes_before
                      from (select id, state_bytes
                            from activity_revisions
                            where user_id = :user_id%s
                            order by id desc
                            limit :limit) as newest) as sized
                join activity_revisions r on r.id = sized.id
                where sized.bytes_before < :max_bytes
                order by r.id desc
                """.formatted(where),
                parameters,
                row -> new Revision(
                        row.longValue("id"),
                        ActivityKey.of(row.string("lesson_id"), row.string("activity_id")),
                        row.string("state_text"),
                        row.instant("created_at"),
                        row.optionalInstant("client_saved_at").orElse(null)));
    }
}
