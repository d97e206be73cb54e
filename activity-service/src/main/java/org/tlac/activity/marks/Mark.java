package org.tlac.activity.marks;

import java.time.Instant;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.course.ActivityKey;

/**
 * How one user is doing with one activity.
 *
 * @param updatedAt when anything here last changed
 * @param markedAt when a teacher last gave a verdict; null without one
 * @param answerMarks whether the answer was correct, by question id
 * @param attemptCount saves
 */
public record Mark(
        ActivityKey activity,
        MarkStatus status,
        Instant updatedAt,
        @Nullable Instant markedAt,
        SortedMap<String, Boolean> answerMarks,
        int attemptCount,
        @Nullable Instant firstSaveAt,
        @Nullable Instant lastSaveAt) {

    /** Answers that were correct. */
    public int score() {
        return (int) answerMarks.values().stream().filter(correct -> correct).count();
    }

    /** Answers that were marked. */
    public int maxScore() {
        return answerMarks.size();
    }
}
