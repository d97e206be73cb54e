package org.tlac.activity.feedback;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tlac.activity.pupil.Pupil;
import org.tlac.platform.course.ActivityId;
import org.tlac.platform.course.LessonId;
import org.tlac.platform.db.Row;
import org.tlac.platform.db.Statements;
import org.tlac.platform.db.Transaction;
import org.tlac.platform.identity.Caller;

/** The table {@code activity_feedback}. */
final class FeedbackStore {

    /** More than a lesson has activities: a bound, not a page. */
    private static final int MAX_LIST = 500;

    /** To whom, and about what; {@code activityId} is null for the whole lesson. */
    record Subject(Pupil pupil, LessonId lessonId, @Nullable ActivityId activityId) {

        /** As it is stored. */
        @Nullable
        String activity() {
            return activityId == null ? null : activityId.value();
        }
    }

    /** Newest first. */
    List<Feedback> list(Statements db, Pupil pupil, LessonId lessonId) {
        return db.query(
                "feedback.list",
                """
                select id, lesson_id, activity_id, feedback_text, teacher_name, created_at, updated_at
                from activity_feedback
                where user_id = :user_id and lesson_id = :lesson_id
                order by updated_at desc, id desc
                limit :limit
                """,
                Map.of("user_id", pupil.userId(), "lesson_id", lessonId.value(), "limit", MAX_LIST),
                FeedbackStore::read);
    }

    /** One per subject: the newer replaces the older and keeps its id. */
    Feedback put(Transaction tx, Subject subject, String text, Caller teacher, Instant now) {
        Map<String, @Nullable Object> parameters = new HashMap<>();
        parameters.put("user_id", subject.pupil().userId());
        parameters.put("username", subject.pupil().username());
        parameters.put("lesson_id", subject.lessonId().value());
        parameters.put("activity_id", subject.activity());
        parameters.put("feedback_text", text);
        parameters.put("teacher_id", teacher.id());
        parameters.put("teacher_username", teacher.username());
        parameters.put("teacher_name", teacher.name());
        parameters.put("now", now);
        return tx.queryOne("feedback.put", """
                        insert into activity_feedback (user_id, username, lesson_id, activity_id, feedback_text,
                            teacher_id, teacher_username, teacher_name, created_at, updated_at)
                        values (:user_id, :username, :lesson_id, :activity_id, :feedback_text,
                            :teacher_id, :teacher_username, :teacher_name, :now, :now)
                        on conflict (user_id, lesson_id, coalesce(activity_id, '')) do update set
                            username = excluded.username,
                            feedback_text = excluded.feedback_text,
                            teacher_id = excluded.teacher_id,
                            teacher_username = excluded.teacher_username,
                            teacher_name = excluded.teacher_name,
                            updated_at = excluded.updated_at
                        returning id, lesson_id, activity_id, feedback_text, teacher_name, created_at, updated_at
                        """, parameters, FeedbackStore::read).orElseThrow();
    }

    /** @return whose it was and what it was about; empty when there is none of that id */
    Optional<Subject> delete(Transaction tx, long id) {
        return tx.queryOne(
                "feedback.delete",
                """
                delete from activity_feedback
                where id = :id
                returning user_id, username, lesson_id, activity_id
                """,
                Map.of("id", id),
                row -> new Subject(
                        new Pupil(row.longValue("user_id"), row.string("username")),
                        new LessonId(row.string("lesson_id")),
                        row.optionalString("activity_id").map(ActivityId::new).orElse(null)));
    }

    private static Feedback read(Row row) {
        return new Feedback(
                row.longValue("id"),
                new LessonId(row.string("lesson_id")),
                row.optionalString("activity_id").map(ActivityId::new).orElse(null),
                row.string("feedback_text"),
                row.string("teacher_name"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }
}
