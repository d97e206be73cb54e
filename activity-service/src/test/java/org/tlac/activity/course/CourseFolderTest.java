package org.tlac.activity.course;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CourseFolderTest {

    private static final Duration OFTEN = Duration.ofMillis(10);

    private final BlockingQueue<Set<String>> loaded = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> broken = new LinkedBlockingQueue<>();

    @TempDir
    private Path folder;

    private void write(String json) throws Exception {
        Path next = Files.writeString(folder.resolve("next"), json);
        Files.move(
                next,
                folder.resolve("manifest.json"),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.ATOMIC_MOVE);
    }

    private static String lessons(String... ids) {
        String list = String.join("\",\"title\":\"T\",\"activities\":[]},{\"id\":\"", ids);
        return "{\"lessons\":[{\"id\":\"" + list + "\",\"title\":\"T\",\"activities\":[]}]}";
    }

    private CourseFolder open() {
        return CourseFolder.open(folder, OFTEN, course -> loaded.add(course.lessonIds()), () -> broken.add("broken"));
    }

    @Test
    void missingManifest_saysWhichFile() {
        assertThatThrownBy(this::open)
                .isInstanceOf(BrokenCourseException.class)
                .hasMessage(folder.resolve("manifest.json") + " is missing: course.folder must hold a course");
    }

    @Test
    void brokenManifest_isNamedAtTheStart() throws Exception {
        write("{\"lessons\":7}");
        assertThatThrownBy(this::open).hasMessage(folder.resolve("manifest.json") + ": lessons must be a list");

        Files.write(folder.resolve("manifest.json"), new byte[] {'{', (byte) 0xff, '}'});
        assertThatThrownBy(this::open).hasMessage(folder.resolve("manifest.json") + " is not UTF-8");
    }

    @Test
    void changedManifest_isReadAgain_andABrokenOneLeavesTheLastGood() throws Exception {
        write(lessons("lesson-1"));
        try (CourseFolder course = open()) {
            assertThat(loaded.poll(10, TimeUnit.SECONDS)).containsExactly("lesson-1");

            write(lessons("lesson-1", "lesson-2"));
            assertThat(loaded.poll(10, TimeUnit.SECONDS)).containsExactlyInAnyOrder("lesson-1", "lesson-2");

            write("{\"lessons\":[");
            assertThat(broken.poll(10, TimeUnit.SECONDS)).isEqualTo("broken");
            assertThat(course.course().lessonIds()).containsExactlyInAnyOrder("lesson-1", "lesson-2");

            write(lessons("lesson-3"));
            assertThat(loaded.poll(10, TimeUnit.SECONDS)).containsExactly("lesson-3");
            assertThat(course.course().lessonIds()).containsExactly("lesson-3");
            assertThat(broken).isEmpty();
        }
    }
}
