package org.tlac.activity;

import java.util.Set;
import org.tlac.activity.marks.MarkMetrics;
import org.tlac.activity.state.SaveMetrics;
import org.tlac.platform.course.LessonId;
import org.tlac.platform.course.Manifest;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Counter;
import org.tlac.platform.metrics.Histogram;
import org.tlac.platform.metrics.Metrics;

/** What this service counts of its own; calls and statements are counted by the platform. */
final class ActivityMetrics implements SaveMetrics, MarkMetrics {

    /** Lessons that the course does not have: a client could name millions. */
    static final String OTHER_LESSON = "other";

    private final Counter saves;
    private final Histogram saveDuration;
    private final Counter teacherMarks;
    private final Counter completions;
    private final Counter errors;
    private volatile Set<LessonId> lessons = Set.of();

    ActivityMetrics(Metrics metrics) {
        saves = metrics.counter(Catalogue.ACTIVITY_SAVES);
        saveDuration = metrics.histogram(Catalogue.ACTIVITY_SAVE_DURATION);
        teacherMarks = metrics.counter(Catalogue.TEACHER_MARKS);
        completions = metrics.counter(Catalogue.ACTIVITY_COMPLETIONS);
        errors = metrics.counter(Catalogue.ERRORS);
        saves.add(0, OTHER_LESSON);
        errors.add(0, "background", "course");
    }

    /** Makes every lesson's series exist at 0 before its first save. */
    void course(Manifest course) {
        Set<LessonId> ids = course.lessonIds();
        ids.forEach(lesson -> saves.add(0, lesson.value()));
        lessons = ids;
    }

    void courseBroken() {
        errors.increment("background", "course");
    }

    @Override
    public void saved(LessonId lessonId, long startNanos) {
        saves.increment(lessons.contains(lessonId) ? lessonId.value() : OTHER_LESSON);
        saveDuration.observeSince(startNanos);
    }

    @Override
    public void activityMarked(boolean completed) {
        teacherMarks.increment("activity");
        if (completed) {
            completions.increment();
        }
    }

    @Override
    public void answerMarked() {
        teacherMarks.increment("answer");
    }
}
