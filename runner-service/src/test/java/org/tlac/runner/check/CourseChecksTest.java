package org.tlac.runner.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tlac.runner.check.CourseChecks.BrokenChecksException;

class CourseChecksTest {

    @TempDir
    private Path course;

    private CourseChecks checks() {
        return new CourseChecks(new CheckRules(course, 20, Duration.ofSeconds(1)));
    }

    @Test
    void manifestThatCannotBeRead_isNamedWithThePlace() throws IOException {
        Files.writeString(course.resolve("manifest.json"), "{\n  \"lessons\": [,]}");
        assertThatThrownBy(() -> checks().of("lesson-1", "a1"))
                .isInstanceOf(BrokenChecksException.class)
                .hasMessageContaining("manifest.json: line 2, column 15: ");
    }

    @Test
    void manifestOfAnEditorThatMarksItsFiles_isRead() throws IOException {
        Files.writeString(
                course.resolve("manifest.json"),
                "\uFEFF{\"lessons\": [{\"id\": \"l\", \"activities\": [{\"id\": \"a\", \"path\": \"a.html\"}]}]}");
        Files.writeString(course.resolve("a.checks.yaml"), "checks: [{name: One, contains: [x]}]");
        assertThat(checks().of("l", "a"))
                .hasValueSatisfying(
                        found -> assertThat(found).extracting(Check::name).containsExactly("One"));
    }
}
