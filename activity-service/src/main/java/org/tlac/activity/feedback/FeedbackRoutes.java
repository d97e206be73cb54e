package org.tlac.activity.feedback;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tlac.activity.course.CourseParameters;
import org.tlac.activity.feedback.FeedbackStore.Subject;
import org.tlac.activity.pupil.Pupil;
import org.tlac.activity.pupil.Pupils;
import org.tlac.platform.course.ActivityId;
import org.tlac.platform.course.LessonId;
import org.tlac.platform.db.AuditEntry;
import org.tlac.platform.db.AuditLog;
import org.tlac.platform.db.Database;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;

/** Feedback: teachers write it, its pupil reads it. */
public final class FeedbackRoutes {

    /** What is written to the audit log here. */
    public static final List<String> AUDITED = List.of("add_feedback", "delete_feedback");

    private static final int MAX_TEXT = 10_000;

    private final Database database;
    private final FeedbackStore feedback = new FeedbackStore();
    private final AuditLog audit;
    private final InstantSource clock;

    public FeedbackRoutes(Database database, AuditLog audit, InstantSource clock) {
        this.database = database;
        this.audit = audit;
        this.clock = clock;
    }

    public Routes routes() {
        return Routes.of(
                Route.get("/api/pupil/feedback/{lesson_id}", Access.SIGNED_IN, this::own),
                Route.post("/api/teacher/feedback", Access.TEACHER, this::write),
                Route.delete("/api/teacher/feedback/{id}", Access.TEACHER, this::delete));
    }

    record FeedbackBody(
            @Nullable String username,
            @Nullable String lessonId,
            @Nullable String activityId,
            @Nullable String feedbackText) {}

    record Written(boolean ok, Feedback feedback) {}

    private Reply own(Call call) {
        LessonId lessonId = CourseParameters.lessonId(call.path("lesson_id"));
        return Reply.json(Map.of("items", feedback.list(database, Pupil.of(call.caller()), lessonId)));
    }

    private Reply write(Call call) {
        FeedbackBody body = call.body(FeedbackBody.class);
        LessonId lessonId = CourseParameters.lessonId(body.lessonId());
        ActivityId activityId = body.activityId() == null ? null : CourseParameters.activityId(body.activityId());
        String text = text(body.feedbackText());
        Instant now = clock.instant();
        Feedback written = database.transaction(tx -> {
            Subject subject = new Subject(Pupils.find(tx, body.username()), lessonId, activityId);
            Feedback put = feedback.put(tx, subject, text, call.caller(), now);
            audit.append(tx, entry(call, "add_feedback", subject, put.id()));
            return put;
        });
        return Reply.json(new Written(true, written));
    }

    private Reply delete(Call call) {
        long id = id(call.path("id"));
        database.inTransaction(tx -> {
            Subject subject = feedback.delete(tx, id).orElseThrow(() -> ApiError.notFound("Unknown feedback."));
            audit.append(tx, entry(call, "delete_feedback", subject, id));
        });
        return Reply.json(Map.of("ok", true));
    }

    private static long id(String text) {
        if (!text.matches("[0-9]{1,18}")) {
            throw ApiError.badRequest("A feedback id is a whole number.");
        }
        return Long.parseLong(text);
    }

    private static String text(@Nullable String feedbackText) {
        if (feedbackText == null || feedbackText.isBlank() || feedbackText.length() > MAX_TEXT) {
            throw ApiError.badRequest("feedback_text must have from 1 to " + MAX_TEXT + " characters.");
        }
        return feedbackText;
    }

    private static AuditEntry entry(Call call, String action, Subject subject, long id) {
        return AuditEntry.of(call.origin(), action)
                .on(subject.pupil().username())
                .at(subject.lessonId().value(), subject.activity())
                .with(Map.of("feedback_id", id));
    }
}
