package org.tlac.activity.course;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;

/**
 * An activity's name: {@code lesson-3} and {@code a2}. Whether the course has it is another question: work on an activity that the
 * school took out of its course must not be refused.
 */
public record ActivityKey(String lessonId, String activityId) {

    /** Forms of api.md; the number of digits is bounded so that no id is longer than a column or a log line should hold. */
    static final Pattern LESSON = Pattern.compile("lesson-[0-9]{1,9}");

    static final Pattern ACTIVITY = Pattern.compile("a[0-9]{1,9}");

    /** From the path's {@code lesson_id} and {@code activity_id}. @throws ApiError 400 when one is out of form */
    public static ActivityKey of(Call call) {
        return of(call.path("lesson_id"), call.path("activity_id"));
    }

    /** @throws ApiError 400 when one is missing or out of form */
    public static ActivityKey of(@Nullable String lessonId, @Nullable String activityId) {
        return new ActivityKey(lesson(lessonId), activity(activityId));
    }

    /** @throws ApiError 400 when it is missing or out of form */
    public static String lesson(@Nullable String id) {
        if (id == null || !LESSON.matcher(id).matches()) {
            throw ApiError.badRequest("lesson_id must have the form lesson-1.");
        }
        return id;
    }

    /** @throws ApiError 400 when it is missing or out of form */
    public static String activity(@Nullable String id) {
        if (id == null || !ACTIVITY.matcher(id).matches()) {
            throw ApiError.badRequest("activity_id must have the form a1.");
        }
        return id;
    }
}
