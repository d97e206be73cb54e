package org.tlac.activity.course;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The lessons of the mounted course, in its order. */
public record Course(List<Lesson> lessons) {

    /** @param id as {@code lesson-1} */
    public record Lesson(String id, String title, List<Activity> activities) {

        public Lesson {
            activities = List.copyOf(activities);
        }
    }

    /** @param id unique within its lesson, as {@code a1} */
    public record Activity(String id, String title) {}

    public Course {
        lessons = List.copyOf(lessons);
    }

    public Set<String> lessonIds() {
        return lessons.stream().map(Lesson::id).collect(Collectors.toUnmodifiableSet());
    }
}
