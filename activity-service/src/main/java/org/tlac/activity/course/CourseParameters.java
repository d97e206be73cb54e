package org.tlac.activity.course;

import org.jspecify.annotations.Nullable;
import org.tlac.platform.course.ActivityId;
import org.tlac.platform.course.ActivityKey;
import org.tlac.platform.course.LessonId;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;

/** Ids of lessons and activities as clients send them. */
public final class CourseParameters {

    private CourseParameters() {}

    /** From the path's {@code lesson_id} and {@code activity_id}. @throws ApiError 400 when one is out of form */
    public static ActivityKey activity(Call call) {
        return activity(call.path("lesson_id"), call.path("activity_id"));
    }

    /** @throws ApiError 400 when one is missing or out of form */
    public static ActivityKey activity(@Nullable String lessonId, @Nullable String activityId) {
        return new ActivityKey(lessonId(lessonId), activityId(activityId));
    }

    /** @throws ApiError 400 when it is missing or out of form */
    public static LessonId lessonId(@Nullable String id) {
        return LessonId.parse(id).orElseThrow(() -> ApiError.badRequest("lesson_id must have the form lesson-1."));
    }

    /** @throws ApiError 400 when it is missing or out of form */
    public static ActivityId activityId(@Nullable String id) {
        return ActivityId.parse(id).orElseThrow(() -> ApiError.badRequest("activity_id must have the form a1."));
    }
}
