package org.tlac.activity.state;

import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tlac.activity.course.CourseParameters;
import org.tlac.activity.pupil.Pupils;
import org.tlac.platform.course.ActivityId;
import org.tlac.platform.course.LessonId;
import org.tlac.platform.db.Database;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;

/** The history of pupils' work, for teachers. */
public final class RevisionRoutes {

    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 200;

    private final Database database;
    private final RevisionStore revisions = new RevisionStore();
    private final long answerBytes;

    /** @param answerBytes what the states of one answer may take together */
    public RevisionRoutes(Database database, long answerBytes) {
        this.database = database;
        this.answerBytes = answerBytes;
    }

    public Routes routes() {
        return Routes.of(Route.get("/api/teacher/revisions", Access.TEACHER, this::list));
    }

    record Revision(
            long id,
            LessonId lessonId,
            ActivityId activityId,
            @JsonRawValue String state,
            Instant createdAt,
            @Nullable Instant clientSavedAt) {

        static Revision of(RevisionStore.Revision stored) {
            return new Revision(
                    stored.id(),
                    stored.activity().lessonId(),
                    stored.activity().activityId(),
                    stored.json(),
                    stored.createdAt(),
                    stored.clientSavedAt());
        }
    }

    private Reply list(Call call) {
        LessonId lessonId =
                call.query("lesson_id").map(CourseParameters::lessonId).orElse(null);
        ActivityId activityId =
                call.query("activity_id").map(CourseParameters::activityId).orElse(null);
        if (activityId != null && lessonId == null) {
            throw ApiError.badRequest("activity_id needs a lesson_id beside it.");
        }
        int limit = call.queryInt("limit", 1, MAX_LIMIT).orElse(DEFAULT_LIMIT);
        var pupil = Pupils.find(database, call.query("username").orElse(null));
        List<Revision> items =
                revisions
                        .list(database, new RevisionStore.Filter(pupil, lessonId, activityId, limit, answerBytes))
                        .stream()
                        .map(Revision::of)
                        .toList();
        return Reply.json(Map.of("items", items));
    }
}
