package org.tlac.platform.course;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.platform.course.CourseFolder.OpenFile;

class CourseFolderTest {

    @TempDir
    private Path own;

    private Path course;

    @BeforeEach
    void makeCourse() throws Exception {
        course = Files.createDirectory(own.resolve("course"));
        Path lesson = Files.createDirectory(course.resolve("lesson-1"));
        Files.writeString(lesson.resolve("a1.html"), "page");
        Files.writeString(lesson.resolve(".hidden"), "hidden");
        Path outside = Files.createDirectory(own.resolve("outside"));
        Files.writeString(outside.resolve("secret"), "secret");
        Files.createSymbolicLink(lesson.resolve("out"), outside.resolve("secret"));
        Files.createSymbolicLink(lesson.resolve("in"), Path.of("a1.html"));
        Files.createSymbolicLink(course.resolve("away"), outside);
        Files.createSymbolicLink(course.resolve("alias"), Path.of("lesson-1"));
    }

    @Test
    void file_isOpenedAndDescribedAlike() throws Exception {
        CourseFolder folder = new CourseFolder(course);
        try (OpenFile file = folder.open("lesson-1/a1.html").orElseThrow()) {
            assertThat(new String(file.from(0).readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("page");
            assertThat(folder.stamp("lesson-1/a1.html")).contains(file.stamp());
        }
        assertThat(folder.has("lesson-1/a1.html")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lesson-1/out",
                "lesson-1/in",
                "away/secret",
                "alias/a1.html",
                "../outside/secret",
                "lesson-1/../lesson-1/a1.html",
                "./lesson-1/a1.html",
                "lesson-1//a1.html",
                "/lesson-1/a1.html",
                "lesson-1/.hidden",
                "lesson-1",
                "lesson-1/",
                "lesson-1/none",
                "lesson-1/a1.html/more",
                "none/a1.html",
                "",
                "nul\u0000",
            })
    void linksHiddenNamesAndWhatIsNoFile_areNotThere(String path) throws Exception {
        CourseFolder folder = new CourseFolder(course);
        assertThat(folder.open(path)).isEmpty();
        assertThat(folder.stamp(path)).isEmpty();
        assertThat(folder.has(path)).isFalse();
    }

    @Test
    void folderItself_mayBeALink() throws Exception {
        Path link = Files.createSymbolicLink(own.resolve("current"), course);
        assertThat(new CourseFolder(link).has("lesson-1/a1.html")).isTrue();
        assertThat(new CourseFolder(link).stamp("lesson-1/a1.html")).isPresent();
    }
}
