package org.tlac.runner.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.platform.course.ActivityId;
import org.tlac.platform.course.ActivityKey;
import org.tlac.platform.course.LessonId;
import org.tlac.platform.http.ApiError;
import org.tlac.runner.check.CourseChecks.BrokenChecksException;
import org.tlac.runner.run.RunRequest;
import org.tlac.runner.sandbox.Limits;

class CourseChecksTest {

    private static final Limits LIMITS = Limits.from(Config.just(ConfigSources.classpath("application.yaml")));

    private static final ActivityKey A1 = ActivityKey.of("lesson-1", "a1");

    @TempDir
    private Path course;

    private CourseChecks checks() {
        return new CourseChecks(new CheckRules(course, 20, Duration.ofSeconds(1)), InstantSource.system());
    }

    @Test
    void manifestThatCannotBeRead_isNamedWithThePlace() throws IOException {
        Files.writeString(course.resolve("manifest.json"), "{\n  \"lessons\": [,]}");
        assertThatThrownBy(() -> checks().of(ActivityKey.of("lesson-1", "a1")))
                .isInstanceOf(BrokenChecksException.class)
                .hasMessageContaining("manifest.json: line 2, column 15: ");
    }

    @Test
    void manifestOfAnEditorThatMarksItsFiles_isRead() throws IOException {
        Files.writeString(
                course.resolve("manifest.json"),
                "\uFEFF{\"lessons\": [{\"id\": \"lesson-1\", \"activities\": [{\"id\": \"a1\", \"path\": \"a.html\"}]}]}");
        Files.writeString(course.resolve("a.checks.yaml"), "checks: [{name: One, contains: [x]}]");
        assertThat(checks().of(ActivityKey.of("lesson-1", "a1")))
                .hasValueSatisfying(
                        found -> assertThat(found).extracting(Check::name).containsExactly("One"));
    }

    private void writeCourse() throws IOException {
        Files.writeString(
                course.resolve("manifest.json"),
                "{\"lessons\": [{\"id\": \"lesson-1\", \"activities\": [{\"id\": \"a1\", \"path\": \"one/a1.html\"}]}]}");
        Files.createDirectory(course.resolve("one"));
    }

    private void writeChecks(String name) throws IOException {
        Files.writeString(course.resolve("one/a1.checks.yaml"), "checks: [{name: " + name + ", contains: [x]}]");
    }

    @Test
    void checks_areParsedOnce_andAgainWhenTheirFileChanges() throws IOException {
        writeCourse();
        CourseChecks checks = checks();
        assertThat(checks.of(A1)).isEmpty();
        writeChecks("one");
        List<Check> first = checks.of(A1).orElseThrow();
        assertThat(checks.of(A1).orElseThrow()).isSameAs(first);
        // Of the same size, within the same tick.
        writeChecks("two");
        assertThat(checks.of(A1).orElseThrow()).extracting(Check::name).containsExactly("two");
        Files.delete(course.resolve("one/a1.checks.yaml"));
        assertThat(checks.of(A1)).isEmpty();
    }

    @Test
    void brokenChecks_areRefusedWithTheirFilesName_untilTheyAreRepaired() throws IOException {
        writeCourse();
        CourseChecks checks = checks();
        Path file = Files.writeString(course.resolve("one/a1.checks.yaml"), "checks: []");
        assertThatThrownBy(() -> checks.of(A1))
                .isInstanceOf(BrokenChecksException.class)
                .hasMessage(file + ": there must be from 1 to 20 checks");
        Files.writeString(file, "#".repeat((256 << 10) + 1));
        assertThatThrownBy(() -> checks.of(A1))
                .isInstanceOf(BrokenChecksException.class)
                .hasMessage(file + " is larger than 262144 bytes");
        writeChecks("good");
        assertThat(checks.of(A1).orElseThrow()).extracting(Check::name).containsExactly("good");
    }

    /** As the gateway does, which would not announce them. */
    @Test
    void checksThatOnlyALinkLeadsTo_areNone(@TempDir Path outside) throws IOException {
        writeCourse();
        writeChecks("real");
        Path file = course.resolve("one/a1.checks.yaml");
        Path inside = Files.move(file, course.resolve("one/moved.checks.yaml"));
        Files.createSymbolicLink(file, inside);
        assertThat(checks().of(A1)).isEmpty();
        Files.delete(file);
        Files.createSymbolicLink(file, Files.move(inside, outside.resolve("moved.checks.yaml")));
        assertThat(checks().of(A1)).isEmpty();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "1", "007", "999999999", "1234567890", "x", "1\n", "1 ", "\u0661"})
    void idsThatARunTakes_areThoseOfThePlatform(String number) {
        String lesson = number == null ? null : "lesson-" + number;
        String activity = number == null ? null : "a" + number;
        assertThat(isTaken(lesson, "a1")).isEqualTo(LessonId.parse(lesson).isPresent());
        assertThat(isTaken("lesson-1", activity))
                .isEqualTo(ActivityId.parse(activity).isPresent());
    }

    private static boolean isTaken(@Nullable String lessonId, @Nullable String activityId) {
        try {
            new RunRequest(lessonId, activityId, "x", null, null).program(LIMITS);
            return true;
        } catch (ApiError e) {
            assertThat(e).hasMessageContaining("_id must have the form");
            return false;
        }
    }
}
