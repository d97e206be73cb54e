package org.tlac.activity.marks;

/** Told of every mark that a teacher gave. */
public interface MarkMetrics {

    /** @param completed whether the activity is complete now and was not before */
    void activityMarked(boolean completed);

    void answerMarked();
}
