package org.tlac.activity.state;

/** Told of every save that was stored. */
@FunctionalInterface
public interface SaveMetrics {

    /** @param startNanos when storing began, a reading of {@link System#nanoTime} */
    void saved(String lessonId, long startNanos);
}
