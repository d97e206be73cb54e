package org.tlac.runner.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tlac.platform.course.ActivityKey;
import org.tlac.platform.http.Json;
import org.tlac.platform.testing.TestCallers;
import org.tlac.runner.RunningRunner;

/** The checks of the course that ships: the model answers pass them, the programs that pupils start from do not. */
@Timeout(120)
class ShippedCourseTest {

    private static final Path COURSE = Path.of("../course");
    private static RunningRunner runner;

    @BeforeAll
    static void start() {
        runner = RunningRunner.start(Map.of("course.folder", COURSE.toString()));
    }

    @AfterAll
    static void stop() {
        runner.close();
    }

    private static JsonNode check(String activity, String code) {
        return RunningRunner.json(runner.post(
                TestCallers.PUPIL,
                "/api/python/check",
                Map.of("lesson_id", "lesson-1", "activity_id", activity, "code", code)));
    }

    /** The programs in a page, in its order. */
    private static List<String> programs(String page) throws IOException {
        Matcher code = Pattern.compile("<pre><code>(.*?)</code></pre>", Pattern.DOTALL)
                .matcher(Files.readString(COURSE.resolve("lesson-1").resolve(page)));
        return code.results()
                .map(found -> found.group(1)
                        .replace("&lt;", "<")
                        .replace("&gt;", ">")
                        .replace("&quot;", "\"")
                        .replace("&amp;", "&"))
                .toList();
    }

    private static String starter(String activity) throws IOException {
        return programs(activity + ".html").getLast();
    }

    @Test
    void everyActivity_hasChecks() throws IOException {
        JsonNode manifest = Json.tree(Files.readString(COURSE.resolve("manifest.json")));
        CourseChecks checks =
                new CourseChecks(new CheckRules(COURSE, 20, java.time.Duration.ofSeconds(1)), InstantSource.system());
        for (JsonNode lesson : manifest.path("lessons")) {
            for (JsonNode activity : lesson.path("activities")) {
                assertThat(checks.of(ActivityKey.of(
                                lesson.path("id").asText(), activity.path("id").asText())))
                        .isPresent();
            }
        }
    }

    @Test
    void exampleOfTheDocument_canBeUsed(@TempDir Path course) throws IOException {
        String document = Files.readString(Path.of("../docs/sessions-and-checks.md"));
        Matcher example = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL).matcher(document);
        assertThat(example.find()).isTrue();
        Files.copy(COURSE.resolve("manifest.json"), course.resolve("manifest.json"));
        Files.createDirectory(course.resolve("lesson-1"));
        Files.writeString(course.resolve("lesson-1/a1.checks.yaml"), example.group(1));
        CourseChecks checks =
                new CourseChecks(new CheckRules(course, 20, java.time.Duration.ofSeconds(1)), InstantSource.system());
        assertThat(checks.of(ActivityKey.of("lesson-1", "a1")).orElseThrow())
                .hasSize(1)
                .allSatisfy(check -> {
                    assertThat(check).hasNoNullFieldsOrProperties();
                    assertThat(check.expected()).hasSize(4);
                });
    }

    @ParameterizedTest
    @CsvSource({"a1, 0", "a2, 1", "a3, 2"})
    void modelAnswer_passes_andTheStarterDoesNot(String activity, int place) throws IOException {
        String answer = programs("teacher/answers.html").get(place);
        String whole = activity.equals("a3") ? starter(activity) + answer : answer;
        JsonNode good = check(activity, whole);
        assertThat(good.path("passed").asBoolean()).as(good.toString()).isTrue();
        JsonNode untouched = check(activity, starter(activity));
        assertThat(untouched.path("passed").asBoolean())
                .as(untouched.toString())
                .isFalse();
        assertThat(StreamSupport.stream(untouched.path("checks").spliterator(), false)
                        .filter(one -> !one.path("passed").asBoolean()))
                .allMatch(one -> !one.path("hint").asText().isEmpty());
    }

    @Test
    void stallWithASnackOfOnesOwn_passes_andOneWithFixedNumbersDoesNot() throws IOException {
        String own = starter("a3")
                .replace("flapjacks * flapjack_price", "flapjacks * flapjack_price + plums * plum_price")
                .replace("apples = 3", "plums = 2\nplum_price = 15\napples = 3");
        String paid = "paid = 500\nchange = paid - total\nprint('Change:', change)\n";
        JsonNode good = check("a3", own + paid);
        assertThat(good.path("passed").asBoolean()).as(good.toString()).isTrue();
        assertThat(check("a3", starter("a3") + "paid = 500\nchange = 250\nprint(change)\n")
                        .path("passed")
                        .asBoolean())
                .isFalse();
        assertThat(check("a3", starter("a3") + "paid = 500\nchange = paid - total\n")
                        .path("checks")
                        .path(2)
                        .path("hint")
                        .asText())
                .isEqualTo("The change is right, but it is not printed.");
    }
}
