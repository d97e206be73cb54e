package org.tlac.platform.course;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A course manifest (its shape: the end of api.md), in its own order. What has no id in form is left out: nothing can name it.
 *
 * @param teacherPaths what it names as a teacher's, as paths in the folder
 * @param problem the first violation of what ids, titles and objectives must be; pages are served in spite of it
 */
public record Manifest(List<Lesson> lessons, Set<String> teacherPaths, Optional<String> problem) {

    /** Its name in the course folder. */
    public static final String FILE = "manifest.json";

    /** What manifests may put before a path in the folder: where browsers find the course. */
    private static final String PREFIX = "/lessons/";

    public Manifest {
        lessons = List.copyOf(lessons);
        teacherPaths = Set.copyOf(teacherPaths);
    }

    /** @param title empty only where the manifest has a {@link #problem} */
    public record Lesson(LessonId id, String title, List<Activity> activities) {

        public Lesson {
            activities = List.copyOf(activities);
        }
    }

    /**
     * One activity.
     *
     * @param title empty only where the manifest has a {@link #problem}
     * @param path of its page in the folder; empty when the manifest names none
     */
    public record Activity(ActivityId id, String title, String path) {

        /** Where its checks would be in the folder. */
        public String checksFile() {
            return Manifest.checksFile(path);
        }
    }

    /** A parser of {@link CourseFile}s. @throws BrokenFileException that says where it is no JSON */
    public static Manifest parse(String path, byte[] content) {
        return ManifestDocument.parse(path, content).manifest();
    }

    static Manifest of(JsonNode json, Optional<String> problem) {
        List<Lesson> lessons = new ArrayList<>();
        Set<String> teachers = new HashSet<>();
        for (JsonNode lesson : json.path("lessons")) {
            teachers.add(path(lesson, "teacherPath"));
            lesson.path("teacherResources").forEach(resource -> teachers.add(path(resource, "path")));
            LessonId.parse(lesson.path("id").asText())
                    .map(id -> new Lesson(id, lesson.path("title").asText(), activities(lesson)))
                    .ifPresent(lessons::add);
        }
        return new Manifest(lessons, teachers, problem);
    }

    private static List<Activity> activities(JsonNode lesson) {
        List<Activity> activities = new ArrayList<>();
        for (JsonNode activity : lesson.path("activities")) {
            ActivityId.parse(activity.path("id").asText())
                    .map(id -> new Activity(id, activity.path("title").asText(), path(activity, "path")))
                    .ifPresent(activities::add);
        }
        return activities;
    }

    private static String path(JsonNode node, String field) {
        String path = node.path(field).asText();
        return path.startsWith(PREFIX) ? path.substring(PREFIX.length()) : path;
    }

    /**
     * Where the checks of an activity would be in the folder.
     *
     * @param activity of a manifest, in form or not
     */
    public static String checksFile(JsonNode activity) {
        return checksFile(path(activity, "path"));
    }

    /** {@code lesson-1/a1.checks.yaml} for {@code lesson-1/a1.html}. */
    private static String checksFile(String page) {
        return page.replaceFirst("\\.[A-Za-z0-9]+$", "") + ".checks.yaml";
    }

    /** The first one of that name. */
    public Optional<Activity> activity(ActivityKey key) {
        return lessons.stream()
                .filter(lesson -> lesson.id().equals(key.lessonId()))
                .flatMap(lesson -> lesson.activities().stream())
                .filter(activity -> activity.id().equals(key.activityId()))
                .findFirst();
    }

    public Set<LessonId> lessonIds() {
        return lessons.stream().map(Lesson::id).collect(Collectors.toUnmodifiableSet());
    }

    /** This manifest, for those who rely on its ids and titles. @throws BrokenFileException when it has a {@link #problem} */
    public Manifest sound() {
        problem.ifPresent(what -> {
            throw new BrokenFileException(what);
        });
        return this;
    }
}
