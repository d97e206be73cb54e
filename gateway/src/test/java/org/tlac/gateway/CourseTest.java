package org.tlac.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
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

    @Test
    void manifestBeyondItsLimit_isRefusedInWords_untilItIsSmaller(@TempDir Path own) throws Exception {
        try (TestGateway school = TestGateway.start(own)) {
            Path manifest = school.course.resolve("manifest.json");
            String start = "{\"lessons\":[],\"note\":\"";
            String largest = start + "x".repeat(TestGateway.MAX_MANIFEST - start.length() - 2) + "\"}";
            Files.writeString(manifest, largest);
            assertThat(school.send(school.request("/lessons/manifest.json")).body())
                    .isEqualTo(largest);
            Files.writeString(manifest, largest + " ");
            HttpResponse<String> refused = school.send(school.request("/lessons/manifest.json"));
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("manifest.json is larger than 10000 bytes");
            Files.writeString(manifest, "{}");
            assertThat(school.send(school.request("/lessons/manifest.json")).body())
                    .isEqualTo("{}");
            Files.delete(manifest);
            assertThat(school.send(school.request("/lessons/manifest.json")).statusCode())
                    .isEqualTo(404);
            Files.createSymbolicLink(manifest, Files.writeString(own.resolve("elsewhere.json"), "{}"));
            assertThat(school.send(school.request("/lessons/manifest.json")).statusCode())
                    .isEqualTo(404);
        }
    }

    /** Its roles are asked for with every file of the course; only a change is read. */
    @Test
    void manifest_isReadWhenItChanged_notEachTime(@TempDir Path own) throws Exception {
        try (TestGateway school = TestGateway.start(own)) {
            Path manifest = Files.writeString(school.course.resolve("manifest.json"), "{\"note\":1}");
            FileTime longAgo = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
            Files.setLastModifiedTime(manifest, longAgo);
            assertThat(school.send(school.request("/lessons/manifest.json")).body())
                    .isEqualTo("{\"note\":1}");
            // What no editor does: other bytes of the same number at the same nanosecond.
            Files.writeString(manifest, "{\"note\":2}");
            Files.setLastModifiedTime(manifest, longAgo);
            assertThat(school.send(school.request("/lessons/manifest.json")).body())
                    .isEqualTo("{\"note\":1}");
            Files.setLastModifiedTime(
                    manifest, FileTime.from(longAgo.toInstant().plusNanos(1_000_000)));
            assertThat(school.send(school.request("/lessons/manifest.json")).body())
                    .isEqualTo("{\"note\":2}");
        }
    }
}
