package org.tlac.activity.marks;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tlac.activity.pupil.Pupil;
import org.tlac.platform.course.ActivityKey;
import org.tlac.platform.db.Row;
import org.tlac.platform.db.Transaction;
import org.tlac.platform.http.Json;

/** The table {@code activity_marks}. */
public final class MarkStore {

    /** Moves the mark because its activity was saved, in the transaction of the save. */
    public void saved(Transaction tx, Pupil pupil, ActivityKey activity, Instant now) {
        put(tx, pupil, MarkRules.saved(lock(tx, pupil, activity, now), now));
    }

    /** The mark, with everybody else who wants to change it held off until the transaction ends; made when there is none yet. */
    Mark lock(Transaction tx, Pupil pupil, ActivityKey activity, Instant now) {
        return lockExisting(tx, pupil, activity).orElseGet(() -> {
            insertIfAbsent(tx, pupil, MarkRules.untouched(activity, now));
            return lockExisting(tx, pupil, activity).orElseThrow();
        });
    }

    void put(Transaction tx, Pupil pupil, Mark mark) {
        tx.update("marks.update", """
                update activity_marks
                set username = :username, status = :status, updated_at = :updated_at, marked_at = :marked_at,
                    attempt_count = :attempt_count, first_save_at = :first_save_at, last_save_at = :last_save_at,
                    answer_marks = cast(:answer_marks as jsonb), score = :score, max_score = :max_score
                where user_id = :user_id and lesson_id = :lesson_id and activity_id = :activity_id
                """, columns(pupil, mark));
    }

    private static Optional<Mark> lockExisting(Transaction tx, Pupil pupil, ActivityKey activity) {
        return tx.queryOne(
                "marks.lock",
                """
                select lesson_id, activity_id, status, updated_at, marked_at, attempt_count, first_save_at, last_save_at,
                    cast(answer_marks as text) as answers
                from activity_marks
                where user_id = :user_id and lesson_id = :lesson_id and activity_id = :activity_id
                for update
                """,
                Map.of(
                        "user_id", pupil.userId(),
                        "lesson_id", activity.lessonId().value(),
                        "activity_id", activity.activityId().value()),
                MarkStore::read);
    }

    /** When two make it at once, the second waits for the first and finds it made. */
    private static void insertIfAbsent(Transaction tx, Pupil pupil, Mark mark) {
        tx.update("marks.insert", """
                insert into activity_marks (user_id, username, lesson_id, activity_id, status, updated_at, marked_at,
                    attempt_count, first_save_at, last_save_at, answer_marks, score, max_score)
                values (:user_id, :username, :lesson_id, :activity_id, :status, :updated_at, :marked_at,
                    :attempt_count, :first_save_at, :last_save_at, cast(:answer_marks as jsonb), :score, :max_score)
                on conflict (user_id, lesson_id, activity_id) do nothing
                """, columns(pupil, mark));
    }

    private static Map<String, @Nullable Object> columns(Pupil pupil, Mark mark) {
        Map<String, @Nullable Object> columns = new HashMap<>();
        columns.put("user_id", pupil.userId());
        columns.put("username", pupil.username());
        columns.put("lesson_id", mark.activity().lessonId().value());
        columns.put("activity_id", mark.activity().activityId().value());
        columns.put("status", mark.status().id());
        columns.put("updated_at", mark.updatedAt());
        columns.put("marked_at", mark.markedAt());
        columns.put("attempt_count", mark.attemptCount());
        columns.put("first_save_at", mark.firstSaveAt());
        columns.put("last_save_at", mark.lastSaveAt());
        columns.put("answer_marks", Json.text(mark.answerMarks()));
        columns.put("score", mark.score());
        columns.put("max_score", mark.maxScore());
        return columns;
    }

    private static Mark read(Row row) {
        return new Mark(
                ActivityKey.of(row.string("lesson_id"), row.string("activity_id")),
                MarkStatus.of(row.string("status")).orElseThrow(),
                row.instant("updated_at"),
                row.optionalInstant("marked_at").orElse(null),
                answers(Json.tree(row.string("answers"))),
                row.intValue("attempt_count"),
                row.optionalInstant("first_save_at").orElse(null),
                row.optionalInstant("last_save_at").orElse(null));
    }

    private static SortedMap<String, Boolean> answers(JsonNode json) {
        SortedMap<String, Boolean> answers = new TreeMap<>();
        json.properties()
                .forEach(
                        answer -> answers.put(answer.getKey(), answer.getValue().booleanValue()));
        return Collections.unmodifiableSortedMap(answers);
    }
}
