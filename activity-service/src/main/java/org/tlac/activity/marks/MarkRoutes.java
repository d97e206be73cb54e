package org.tlac.activity.marks;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.tlac.activity.course.CourseParameters;
import org.tlac.activity.pupil.Pupil;
import org.tlac.activity.pupil.Pupils;
import org.tlac.platform.course.ActivityId;
import org.tlac.platform.course.ActivityKey;
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

/** Teachers' verdicts, on whole activities and on single answers. */
public final class MarkRoutes {

    /** What is written to the audit log here. */
    public static final List<String> AUDITED = List.of("mark_activity", "mark_answer");

    private static final int MAX_QUESTION_ID = 100;

    /** Questions of one activity that can be marked. */
    static final int MAX_ANSWERS = 200;

    private final Database database;
    private final MarkStore marks;
    private final AuditLog audit;
    private final MarkMetrics metrics;
    private final InstantSource clock;

    public MarkRoutes(Database database, MarkStore marks, AuditLog audit, MarkMetrics metrics, InstantSource clock) {
        this.database = database;
        this.marks = marks;
        this.audit = audit;
        this.metrics = metrics;
        this.clock = clock;
    }

    public Routes routes() {
        return Routes.of(
                Route.post("/api/teacher/mark", Access.TEACHER, this::decide),
                Route.post("/api/teacher/answer-mark", Access.TEACHER, this::answer));
    }

    record Decision(
            @Nullable String username,
            @Nullable String lessonId,
            @Nullable String activityId,
            @Nullable String status) {}

    record Answer(
            @Nullable String username,
            @Nullable String lessonId,
            @Nullable String activityId,
            @Nullable String questionId,
            @Nullable Boolean correct) {}

    record MarkView(
            LessonId lessonId,
            ActivityId activityId,
            String status,
            Instant updatedAt,
            SortedMap<String, Boolean> answerMarks,
            int score,
            int maxScore,
            int attemptCount,
            @Nullable Instant firstSaveAt,
            @Nullable Instant lastSaveAt) {

        static MarkView of(Mark mark) {
            return new MarkView(
                    mark.activity().lessonId(),
                    mark.activity().activityId(),
                    mark.status().id(),
                    mark.updatedAt(),
                    mark.answerMarks(),
                    mark.score(),
                    mark.maxScore(),
                    mark.attemptCount(),
                    mark.firstSaveAt(),
                    mark.lastSaveAt());
        }
    }

    record Marked(boolean ok, MarkView mark) {}

    private record Change(Mark before, Mark after) {}

    private Reply decide(Call call) {
        Decision body = call.body(Decision.class);
        ActivityKey activity = CourseParameters.activity(body.lessonId(), body.activityId());
        MarkStatus verdict = MarkStatus.of(body.status() == null ? "" : body.status())
                .filter(MarkStatus::isVerdict)
                .orElseThrow(() -> ApiError.badRequest("status must be complete or incomplete."));
        Instant now = clock.instant();
        Change change = database.transaction(tx -> {
            Pupil pupil = Pupils.find(tx, body.username());
            Mark before = marks.lock(tx, pupil, activity, now);
            Mark after = MarkRules.decided(before, verdict, now);
            marks.put(tx, pupil, after);
            Map<String, Object> metadata = Map.of(
                    "status", verdict.id(), "previous_status", before.status().id());
            audit.append(tx, entry(call, "mark_activity", pupil, activity, metadata));
            return new Change(before, after);
        });
        metrics.activityMarked(verdict == MarkStatus.COMPLETE && change.before().status() != MarkStatus.COMPLETE);
        return Reply.json(new Marked(true, MarkView.of(change.after())));
    }

    private Reply answer(Call call) {
        Answer body = call.body(Answer.class);
        ActivityKey activity = CourseParameters.activity(body.lessonId(), body.activityId());
        String question = question(body.questionId());
        if (body.correct() == null) {
            throw ApiError.badRequest("correct must be true or false.");
        }
        boolean correct = body.correct();
        Instant now = clock.instant();
        Mark marked = database.transaction(tx -> {
            Pupil pupil = Pupils.find(tx, body.username());
            Mark after = MarkRules.answered(marks.lock(tx, pupil, activity, now), question, correct, now);
            if (after.maxScore() > MAX_ANSWERS) {
                throw ApiError.badRequest("An activity can have " + MAX_ANSWERS + " marked answers at most.");
            }
            marks.put(tx, pupil, after);
            Map<String, Object> metadata = Map.of("question_id", question, "correct", correct);
            audit.append(tx, entry(call, "mark_answer", pupil, activity, metadata));
            return after;
        });
        metrics.answerMarked();
        return Reply.json(new Marked(true, MarkView.of(marked)));
    }

    private static String question(@Nullable String questionId) {
        if (questionId == null || questionId.isBlank() || questionId.length() > MAX_QUESTION_ID) {
            throw ApiError.badRequest("question_id must have from 1 to " + MAX_QUESTION_ID + " characters.");
        }
        return questionId;
    }

    private static AuditEntry entry(
            Call call, String action, Pupil pupil, ActivityKey activity, Map<String, Object> metadata) {
        return AuditEntry.of(call.origin(), action)
                .on(pupil.username())
                .at(activity.lessonId().value(), activity.activityId().value())
                .with(metadata);
    }
}
