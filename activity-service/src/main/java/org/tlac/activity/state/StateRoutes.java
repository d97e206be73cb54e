package org.tlac.activity.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tlac.activity.course.CourseParameters;
import org.tlac.activity.marks.MarkStore;
import org.tlac.activity.pupil.Pupil;
import org.tlac.platform.course.ActivityId;
import org.tlac.platform.course.ActivityKey;
import org.tlac.platform.course.LessonId;
import org.tlac.platform.db.Database;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;

/** A user's own states. Every statement names the caller's id: nobody else's work can be read or written here. */
public final class StateRoutes {

    /** Bytes of memory for each byte of a list: as the driver reads it, as text, and as the answer while it grows. */
    private static final int LIST_FACTOR = 4;

    private final Database database;
    private final StateStore states = new StateStore();
    private final Saves saves;
    private final SaveMetrics metrics;
    private final int maxStateBytes;

    /**
     * @param maxStateBytes the most that one state may take
     * @param maxUserBytes the most that all newest states of one user may take together
     */
    public StateRoutes(
            Database database,
            MarkStore marks,
            SaveMetrics metrics,
            InstantSource clock,
            int maxStateBytes,
            long maxUserBytes) {
        this.database = database;
        this.saves = new Saves(database, states, new RevisionStore(), marks, clock, maxUserBytes);
        this.metrics = metrics;
        this.maxStateBytes = maxStateBytes;
    }

    public Routes routes() {
        String one = "/api/activity/state/{lesson_id}/{activity_id}";
        return Routes.of(
                Route.get("/api/activity/state", Access.SIGNED_IN, this::list),
                Route.get(one, Access.SIGNED_IN, this::find),
                Route.post(one, Access.SIGNED_IN, this::save));
    }

    record State(
            LessonId lessonId,
            ActivityId activityId,
            @JsonRawValue String state,
            Instant updatedAt,
            @Nullable Instant lastClientAt) {

        static State of(SavedState saved) {
            return new State(
                    saved.activity().lessonId(),
                    saved.activity().activityId(),
                    saved.json(),
                    saved.updatedAt(),
                    saved.clientSavedAt());
        }
    }

    /** What there is before the first save. */
    record NoState(@Nullable Object state) {}

    /** The newer state that a stale save met; without one, only {@code detail} and {@code state: null}. */
    record Conflict(
            String detail,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            LessonId lessonId,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            ActivityId activityId,

            @JsonRawValue @Nullable String state,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Instant updatedAt,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Instant lastClientAt,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Long revisionId) {

        static Conflict of(String detail, Optional<SavedState> current) {
            return current.map(saved -> new Conflict(
                            detail,
                            saved.activity().lessonId(),
                            saved.activity().activityId(),
                            saved.json(),
                            saved.updatedAt(),
                            saved.clientSavedAt(),
                            saved.revisionId()))
                    .orElseGet(() -> new Conflict(detail, null, null, null, null, null, null));
        }
    }

    record SaveBody(@Nullable JsonNode state, @Nullable Instant clientSavedAt) {}

    record Saved(boolean ok, Instant updatedAt, long revisionId) {}

    private Reply list(Call call) {
        Pupil pupil = Pupil.of(call.caller());
        call.reserve(LIST_FACTOR * states.bytes(database, pupil));
        List<State> items = states.list(database, pupil).stream().map(State::of).toList();
        return Reply.json(Map.of("items", items));
    }

    private Reply find(Call call) {
        ActivityKey activity = CourseParameters.activity(call);
        Optional<SavedState> found = states.find(database, Pupil.of(call.caller()), activity);
        if (found.isEmpty()) {
            return Reply.json(new NoState(null));
        }
        return Reply.json(State.of(found.get())).with("ETag", "\"" + found.get().revisionId() + "\"");
    }

    private Reply save(Call call) {
        ActivityKey activity = CourseParameters.activity(call);
        Long expected = StateRules.expectedRevision(call.header("If-Match").orElse(null));
        SaveBody body = call.body(SaveBody.class);
        Saves.Save save = new Saves.Save(
                Pupil.of(call.caller()),
                activity,
                StateRules.text(body.state(), maxStateBytes),
                StateRules.clientMoment(body.clientSavedAt()),
                expected);
        long start = System.nanoTime();
        return switch (saves.store(save)) {
            case SaveResult.Stored stored -> {
                metrics.saved(activity.lessonId(), start);
                yield Reply.json(new Saved(true, stored.updatedAt(), stored.revisionId()))
                        .with("ETag", "\"" + stored.revisionId() + "\"");
            }
            case SaveResult.Stale stale -> {
                String detail = "This activity was saved somewhere else in the meantime.";
                throw ApiError.conflict(detail, Conflict.of(detail, stale.current()));
            }
            case SaveResult.OverQuota over ->
                throw ApiError.tooLarge("All saved activities together may take " + over.maxBytes() + " bytes.");
        };
    }
}
