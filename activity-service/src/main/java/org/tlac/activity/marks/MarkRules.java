package org.tlac.activity.marks;

import java.time.Instant;
import java.util.Collections;
import java.util.TreeMap;
import org.tlac.platform.course.ActivityKey;

/** How a mark moves. */
public final class MarkRules {

    private MarkRules() {}

    /** The mark of somebody who did nothing yet. */
    static Mark untouched(ActivityKey activity, Instant now) {
        return new Mark(
                activity,
                MarkStatus.NOT_STARTED,
                now,
                null,
                Collections.unmodifiableSortedMap(new TreeMap<>()),
                0,
                null,
                null);
    }

    /** After a save: work has begun, unless a teacher decided already. */
    static Mark saved(Mark mark, Instant now) {
        return new Mark(
                mark.activity(),
                mark.status().isVerdict() ? mark.status() : MarkStatus.IN_PROGRESS,
                now,
                mark.markedAt(),
                mark.answerMarks(),
                mark.attemptCount() + 1,
                mark.firstSaveAt() == null ? now : mark.firstSaveAt(),
                now);
    }

    /** After a teacher's verdict. */
    static Mark decided(Mark mark, MarkStatus verdict, Instant now) {
        if (!verdict.isVerdict()) {
            throw new IllegalArgumentException(verdict + " is no verdict");
        }
        return new Mark(
                mark.activity(),
                verdict,
                now,
                now,
                mark.answerMarks(),
                mark.attemptCount(),
                mark.firstSaveAt(),
                mark.lastSaveAt());
    }

    /** After a teacher marked one answer; a later mark of the same question replaces the earlier one. */
    static Mark answered(Mark mark, String questionId, boolean correct, Instant now) {
        TreeMap<String, Boolean> answers = new TreeMap<>(mark.answerMarks());
        answers.put(questionId, correct);
        return new Mark(
                mark.activity(),
                mark.status(),
                now,
                mark.markedAt(),
                Collections.unmodifiableSortedMap(answers),
                mark.attemptCount(),
                mark.firstSaveAt(),
                mark.lastSaveAt());
    }
}
