package org.tlac.activity.feedback;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.course.ActivityId;
import org.tlac.platform.course.LessonId;

/**
 * What a teacher wrote to a pupil; in the form of the contract.
 *
 * @param activityId null when it is about the whole lesson
 */
record Feedback(
        long id,
        LessonId lessonId,
        @Nullable ActivityId activityId,
        String feedbackText,
        String teacherName,
        Instant createdAt,
        Instant updatedAt) {}
