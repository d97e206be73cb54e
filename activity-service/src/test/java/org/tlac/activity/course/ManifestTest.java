package org.tlac.activity.course;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestTest {

    private static final String LESSON_1 = "{\"lessons\":[{\"id\":\"lesson-1\",\"title\":\"T\"";

    private static String manifest(String lessons) {
        return "{\"course\":{\"id\":\"c\",\"lessonsTotal\":9},\"lessons\":[" + lessons + "]}";
    }

    private static String lesson(String id) {
        return "{\"id\":\"" + id + "\",\"title\":\"T\",\"activities\":[]}";
    }

    @Test
    void lessonsAndActivities_areReadInTheirOrder() {
        Course course = Manifest.parse(manifest("""
                {"id":"lesson-2","title":"Two","status":"draft","objectives":[{"id":"o1","text":"Explain"}],
                 "activities":[{"id":"a2","title":"B","objectiveIds":["o1"]},{"id":"a1","title":"A","path":"x.html"}]},
                {"id":"lesson-1","title":"One","activities":[]}
                """));

        assertThat(course.lessons()).extracting(Course.Lesson::id).containsExactly("lesson-2", "lesson-1");
        assertThat(course.lessons().getFirst().activities())
                .containsExactly(new Course.Activity("a2", "B"), new Course.Activity("a1", "A"));
        assertThat(course.lessonIds()).containsExactlyInAnyOrder("lesson-1", "lesson-2");
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
        assertThatThrownBy(() -> Manifest.parse(json))
                .isInstanceOf(BrokenCourseException.class)
                .hasMessageContaining(message);
    }

    @Test
    void courseThatShips_isUsable() throws Exception {
        Course course = Manifest.parse(Files.readString(Path.of("../course/manifest.json")));
        assertThat(course.lessonIds()).contains("lesson-1");
        assertThat(course.lessons().getFirst().activities()).isNotEmpty();
    }

    @Test
    void lessonTwice_isRefused() {
        assertThatThrownBy(() -> Manifest.parse(manifest(lesson("lesson-1") + "," + lesson("lesson-1"))))
                .hasMessage("lessons[1].id is \"lesson-1\", which is there twice");
    }

    @Test
    void numberOfLessons_isBounded() {
        String most = IntStream.rangeClosed(1, Manifest.MAX_LESSONS)
                .mapToObj(number -> lesson("lesson-" + number))
                .collect(Collectors.joining(","));
        assertThat(Manifest.parse(manifest(most)).lessons()).hasSize(Manifest.MAX_LESSONS);

        assertThatThrownBy(() -> Manifest.parse(manifest(most + "," + lesson("lesson-999"))))
                .hasMessage("lessons has 501 entries; the most is 500");
    }
}
