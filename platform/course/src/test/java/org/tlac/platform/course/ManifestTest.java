package org.tlac.platform.course;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestTest {

    private static final String LESSON_1 = "{\"lessons\":[{\"id\":\"lesson-1\",\"title\":\"T\"";

    private static Manifest parse(String json) {
        return Manifest.parse(Manifest.FILE, json.getBytes(StandardCharsets.UTF_8))
                .sound();
    }

    private static Manifest.Activity activity(String id, String title, String path) {
        return new Manifest.Activity(new ActivityId(id), title, path);
    }

    private static String manifest(String lessons) {
        return "{\"course\":{\"id\":\"c\",\"lessonsTotal\":9},\"lessons\":[" + lessons + "]}";
    }

    private static String lesson(String id) {
        return "{\"id\":\"" + id + "\",\"title\":\"T\",\"activities\":[]}";
    }

    @Test
    void lessonsAndActivities_areReadInTheirOrder() {
        Manifest course = parse(manifest("""
                {"id":"lesson-2","title":"Two","status":"draft","objectives":[{"id":"o1","text":"Explain"}],
                 "activities":[{"id":"a2","title":"B","objectiveIds":["o1"]},{"id":"a1","title":"A","path":"x.html"}]},
                {"id":"lesson-1","title":"One","activities":[]}
                """));

        assertThat(course.lessons()).extracting(lesson -> lesson.id().value()).containsExactly("lesson-2", "lesson-1");
        assertThat(course.lessons().getFirst().activities())
                .containsExactly(activity("a2", "B", ""), activity("a1", "A", "x.html"));
        assertThat(course.lessonIds()).extracting(LessonId::value).containsExactlyInAnyOrder("lesson-1", "lesson-2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | lessons must be a list",
                "[] | lessons must be a list",
                "{\"lessons\":{}} | lessons must be a list",
                "{\"lessons\":[ | is not JSON",
                "{\"lessons\":[]} x | is not JSON",
                "{\"lessons\":[],\"lessons\":[]} | is not JSON: Duplicate field 'lessons'",
                "{\"lessons\":[1]} | lessons[0].id must be a text",
                "{\"lessons\":[{\"id\":\"lesson-x\"}]} | lessons[0].id must match lesson-[0-9]{1,9}, not be \"lesson-x\"",
                "{\"lessons\":[{\"id\":\"lesson-1\",\"title\":\" \",\"activities\":[]}]} | lessons[0].title must be a text",
                LESSON_1 + "}]} | lessons[0].activities must be a list",
                LESSON_1 + ",\"activities\":[{\"id\":\"b1\"}]}]} | lessons[0].activities[0].id must match",
                LESSON_1 + ",\"activities\":[{\"id\":\"a1\"}]}]} | lessons[0].activities[0].title must be",
                LESSON_1
                        + ",\"activities\":[{\"id\":\"a1\",\"title\":\"A\",\"objectiveIds\":[\"o\"]}]}]} | names \"o\"",
                LESSON_1 + ",\"objectives\":[{\"id\":\"o\"}],\"activities\":[]}]} | objectives[0].text must be a text",
            })
    void brokenManifest_saysWhereAndWhat(String json, String message) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOf(BrokenFileException.class)
                .hasMessageContaining(message);
    }

    @Test
    void courseThatShips_isUsable() throws Exception {
        Manifest course = parse(Files.readString(Path.of("../../course/manifest.json")));
        assertThat(course.lessonIds()).extracting(LessonId::value).contains("lesson-1");
        assertThat(course.lessons().getFirst().activities()).isNotEmpty();
    }

    @Test
    void lessonTwice_isRefused() {
        assertThatThrownBy(() -> parse(manifest(lesson("lesson-1") + "," + lesson("lesson-1"))))
                .hasMessage("manifest.json: lessons[1].id is \"lesson-1\", which is there twice");
    }

    @Test
    void numberOfLessons_isBounded() {
        String most = IntStream.rangeClosed(1, ManifestRules.MAX_LESSONS)
                .mapToObj(number -> lesson("lesson-" + number))
                .collect(Collectors.joining(","));
        assertThat(parse(manifest(most)).lessons()).hasSize(ManifestRules.MAX_LESSONS);

        assertThatThrownBy(() -> parse(manifest(most + "," + lesson("lesson-999"))))
                .hasMessage("manifest.json: lessons has 501 entries; the most is 500");
    }

    private static Manifest lenient(byte[] content) {
        return Manifest.parse(Manifest.FILE, content);
    }

    @Test
    void manifestWithAProblem_isReadAsFarAsItGoes() {
        Manifest manifest = lenient("""
                {"lessons": [
                  {"id": 7, "teacherPath": "/lessons/x/teacher.html"},
                  {"id": "lesson-1", "teacherResources": [{"path": "x/answers.html"}], "activities": [
                    {"id": "first", "path": "x/first.html"},
                    {"id": "a1", "path": "/lessons/x/a1.html"},
                    {"id": "a1", "path": "x/other.html"},
                    {"id": "a2"}]}]}""".getBytes(StandardCharsets.UTF_8));
        assertThat(manifest.problem()).contains("manifest.json: lessons[0].id must be a text");
        assertThat(manifest.lessonIds()).containsExactly(new LessonId("lesson-1"));
        assertThat(manifest.teacherPaths()).contains("x/teacher.html", "x/answers.html");
        assertThat(manifest.activity(ActivityKey.of("lesson-1", "a1")).map(Manifest.Activity::checksFile))
                .contains("x/a1.checks.yaml");
        assertThat(manifest.activity(ActivityKey.of("lesson-1", "a3"))).isEmpty();
        assertThat(manifest.activity(ActivityKey.of("lesson-2", "a1"))).isEmpty();
    }

    /** Pages take what JSON allows; who counts by it demands what the contract says. */
    @Test
    void otherEncodings_areReadAndAreAProblem() {
        String json = manifest(lesson("lesson-1"));
        assertThat(lenient(("\uFEFF" + json).getBytes(StandardCharsets.UTF_8)))
                .satisfies(read -> assertThat(read.lessons()).hasSize(1))
                .satisfies(read -> assertThat(read.problem()).contains("manifest.json begins with a byte order mark"));
        for (Charset charset : List.of(StandardCharsets.UTF_16, StandardCharsets.UTF_16LE)) {
            assertThat(lenient(json.getBytes(charset)))
                    .satisfies(read -> assertThat(read.lessons()).hasSize(1))
                    .satisfies(read -> assertThat(read.problem()).contains("manifest.json is not UTF-8"));
        }
        assertThatThrownBy(() -> lenient("{\"title\": \"é\"}".getBytes(StandardCharsets.ISO_8859_1)))
                .hasMessage("manifest.json is not UTF-8");
    }

    @Test
    void nesting_isBounded() {
        int most = ManifestDocument.MAX_DEPTH;
        assertThat(lenient(nested(most)).lessons()).isEmpty();
        assertThatThrownBy(() -> lenient(nested(most + 1)))
                .isInstanceOf(BrokenFileException.class)
                .hasMessageContaining("is not JSON: Document nesting depth (101)");
    }

    private static byte[] nested(int depth) {
        return ("[".repeat(depth) + "]".repeat(depth)).getBytes(StandardCharsets.UTF_8);
    }
}
