package org.tlac.activity.state;

import org.tlac.platform.course.LessonId;

/** Told of every save that was stored. */
@FunctionalInterface
public interface SaveMetrics {

    /** @param startNanos when storing began, a reading of {@link System#nanoTime} */
    void saved(LessonId lessonId, long startNanos);
}
