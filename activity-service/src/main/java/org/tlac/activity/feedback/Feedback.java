package org.tlac.activity.feedback;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a teacher wrote to a pupil; in the form of the contract.
 *
 * @param activityId null when it is about the whole lesson
 */
record Feedback(
        long id,
        String lessonId,
        @Nullable String activityId,
        String feedbackText,
        String teacherName,
        Instant createdAt,
        Instant updatedAt) {}
