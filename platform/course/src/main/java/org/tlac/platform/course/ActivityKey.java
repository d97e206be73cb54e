package org.tlac.platform.course;

/** Names an activity: {@code lesson-3} and {@code a2}. Work on one that the school took out of its course must not be refused. */
public record ActivityKey(LessonId lessonId, ActivityId activityId) {

    /** @throws IllegalArgumentException when one is out of form */
    public static ActivityKey of(String lessonId, String activityId) {
        return new ActivityKey(new LessonId(lessonId), new ActivityId(activityId));
    }
}
