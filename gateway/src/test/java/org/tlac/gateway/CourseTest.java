package org.tlac.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Courses that are edited while the gateway runs, each in a folder of its own. */
class CourseTest {

    @Test
    void manifest_saysWhichActivitiesHaveChecks_asOfNow_andNothingOfThem(@TempDir Path own) throws Exception {
        try (TestGateway school = TestGateway.start(own)) {
            Files.writeString(own.resolve("outside.checks.yaml"), "checks: [outside]");
            Path lesson = Files.createDirectories(school.course.resolve("lesson-1"));
            Files.writeString(school.course.resolve("manifest.json"), """
                    {"course": {"title": "T", "ours": 1.5}, "lessons": [{"id": "lesson-1", "activities": [
                      {"id": "first", "path": "lesson-1/a1.html"},
                      {"id": "second", "path": "/lessons/lesson-1/a2.html", "hasChecks": true},
                      {"id": "outside", "path": "lesson-1/../../outside.html"},
                      {"id": "linked", "path": "lesson-1/linked.html"},
                      {"id": "bare"}]}, {"id": "lesson-2"}]}""");
            Files.writeString(lesson.resolve("a1.checks.yaml"), "checks: [secret]");
            Files.createSymbolicLink(lesson.resolve("linked.checks.yaml"), own.resolve("outside.checks.yaml"));
            HttpResponse<String> before = school.send(school.request("/lessons/manifest.json"));
            assertThat(before.body())
                    .isEqualTo(
                            "{\"course\":{\"title\":\"T\",\"ours\":1.5},\"lessons\":[{\"id\":\"lesson-1\",\"activities\":["
                                    + "{\"id\":\"first\",\"path\":\"lesson-1/a1.html\",\"hasChecks\":true},"
                                    + "{\"id\":\"second\",\"path\":\"/lessons/lesson-1/a2.html\",\"hasChecks\":false},"
                                    + "{\"id\":\"outside\",\"path\":\"lesson-1/../../outside.html\",\"hasChecks\":false},"
                                    + "{\"id\":\"linked\",\"path\":\"lesson-1/linked.html\",\"hasChecks\":false},"
                                    + "{\"id\":\"bare\",\"hasChecks\":false}]},{\"id\":\"lesson-2\"}]}");
            Files.writeString(lesson.resolve("a2.checks.yaml"), "checks: [secret]");
            HttpResponse<String> after = school.send(school.request("/lessons/manifest.json")
                    .header("If-None-Match", before.headers().firstValue("ETag").orElseThrow()));
            assertThat(after.statusCode()).isEqualTo(200);
            assertThat(after.body()).contains("/a2.html\",\"hasChecks\":true").doesNotContain("secret");
        }
    }

    @Test
    void manifestThatCannotBeRead_isSaidSo_untilItIsRepaired(@TempDir Path own) throws Exception {
        try (TestGateway school = TestGateway.start(own)) {
            Path manifest = school.course.resolve("manifest.json");
            Path page =
                    Files.createDirectories(school.course.resolve("lesson-1")).resolve("student.html");
            Files.writeString(page, "<h1>Lesson</h1>");
            for (String broken : List.of("{\"lessons\": [}", "{\"lessons\": [", "\u0000", "{} {\"lessons\": []}")) {
                Files.writeString(manifest, broken);
                HttpResponse<String> answer = school.send(school.request("/lessons/manifest.json"));
                assertThat(answer.statusCode()).as(broken).isEqualTo(503);
                assertThat(answer.body()).contains("The course cannot be read now. Please tell your teacher.");
                // Which pages are the teacher's is not known.
                assertThat(school.send(school.as(TestGateway.PUPIL, "/lessons/lesson-1/student.html"))
                                .statusCode())
                        .as(broken)
                        .isEqualTo(503);
            }
            Files.writeString(manifest, "\uFEFF{\"lessons\": []}");
            assertThat(school.send(school.request("/lessons/manifest.json")).body())
                    .isEqualTo("{\"lessons\":[]}");
        }
    }
}
