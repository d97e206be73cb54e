package org.tlac.activity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Metric;
import org.tlac.platform.metrics.ServiceName;
import org.tlac.platform.testing.Scrape;

class ActivityMetricsTest {

    private static final List<String> AUDITED =
            List.of("mark_activity", "mark_answer", "add_feedback", "delete_feedback");

    private final RunningService service = RunningService.shared();

    @Test
    void everyOwnedMetric_isThere_andNoOther() {
        service.get("/api/activity/state", service.pupil());
        Set<String> exposed = service.scrape().types().keySet().stream()
                .filter(name -> name.startsWith("tlac_"))
                .collect(Collectors.toSet());
        assertThat(exposed)
                .containsExactlyInAnyOrderElementsOf(Catalogue.ownedBy(ServiceName.ACTIVITY).stream()
                        .map(Metric::name)
                        .toList());
    }

    @Test
    void knownSeries_existBeforeTheirFirstEvent() {
        Scrape scrape = service.scrape();
        List<String> missing = new ArrayList<>();
        for (String lesson : List.of("lesson-1", "lesson-2", "other")) {
            expect(scrape, missing, "tlac_activity_saves_total", "lesson_id", lesson);
        }
        for (String kind : List.of("activity", "answer")) {
            expect(scrape, missing, "tlac_teacher_marks_total", "kind", kind);
        }
        for (String action : AUDITED) {
            expect(scrape, missing, "tlac_audit_entries_total", "action", action);
        }
        for (String type : List.of("connection", "timeout", "constraint", "serialization", "syntax", "other")) {
            expect(scrape, missing, "tlac_db_errors_total", "error_type", type);
        }
        for (String operation : List.of("select", "insert", "update", "delete", "other")) {
            expect(scrape, missing, "tlac_db_query_duration_seconds_count", "operation", operation);
        }
        expect(scrape, missing, "tlac_activity_completions_total");
        expect(scrape, missing, "tlac_activity_save_duration_seconds_count");
        expect(scrape, missing, "tlac_errors_total", "error_type", "background", "endpoint", "course");
        assertThat(missing).isEmpty();
    }

    private static void expect(Scrape scrape, List<String> missing, String name, String... labels) {
        try {
            scrape.value(name, labels);
        } catch (AssertionError e) {
            missing.add(e.getMessage());
        }
    }

    @Test
    void lessonThatTheSchoolAdds_hasItsSeriesAtZeroBeforeItsFirstSave() throws Exception {
        Caller pupil = service.pupil();
        String path = "/api/activity/state/lesson-77/a1";
        service.post(path, pupil, "{\"state\":{}}");
        Scrape before = service.scrape();
        assertThat(before.series()).noneMatch(series -> series.labels().containsValue("lesson-77"));

        service.course("lesson-1", "lesson-2", "lesson-77");
        RunningService.await(
                "lesson-77 is known",
                () -> service.scrape().series().stream()
                        .anyMatch(series -> series.labels().containsValue("lesson-77")));
        assertThat(service.scrape().value("tlac_activity_saves_total", "lesson_id", "lesson-77"))
                .isZero();

        service.breakCourse();
        RunningService.await(
                "the broken course is reported",
                () -> service.scrape().since(before, "tlac_errors_total", "endpoint", "course") == 1);
        service.post(path, pupil, "{\"state\":{}}");
        assertThat(service.scrape().value("tlac_activity_saves_total", "lesson_id", "lesson-77"))
                .isEqualTo(1);
        service.course("lesson-1", "lesson-2");
    }
}
