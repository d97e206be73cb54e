package org.tlac.activity.course;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tlac.platform.course.LessonId;
import org.tlac.platform.course.Manifest;

class WatchedCourseTest {

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

    private static Set<String> ids(Manifest course) {
        return course.lessonIds().stream().map(LessonId::value).collect(Collectors.toSet());
    }

    private WatchedCourse open() {
        return WatchedCourse.open(
                folder, OFTEN, InstantSource.system(), course -> loaded.add(ids(course)), () -> broken.add("broken"));
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
        try (WatchedCourse course = open()) {
            assertThat(loaded.poll(10, TimeUnit.SECONDS)).containsExactly("lesson-1");

            write(lessons("lesson-1", "lesson-2"));
            assertThat(loaded.poll(10, TimeUnit.SECONDS)).containsExactlyInAnyOrder("lesson-1", "lesson-2");

            write("{\"lessons\":[");
            assertThat(broken.poll(10, TimeUnit.SECONDS)).isEqualTo("broken");
            assertThat(ids(course.course())).containsExactlyInAnyOrder("lesson-1", "lesson-2");

            write(lessons("lesson-3"));
            assertThat(loaded.poll(10, TimeUnit.SECONDS)).containsExactly("lesson-3");
            assertThat(ids(course.course())).containsExactly("lesson-3");
            assertThat(broken).isEmpty();
        }
    }

    @Test
    void manifestThatIsALink_isRefusedInWords(@TempDir Path elsewhere) throws Exception {
        Path manifest = folder.resolve("manifest.json");
        Files.createSymbolicLink(manifest, Files.writeString(elsewhere.resolve("m.json"), lessons("lesson-1")));
        assertThatThrownBy(this::open)
                .isInstanceOf(BrokenCourseException.class)
                .hasMessage(manifest + " cannot be read: it must be a readable file and not a link");
    }

    @Test
    void manifestBeyondItsLimit_isRefused() throws Exception {
        String json = lessons("lesson-1");
        write(json + " ".repeat(WatchedCourse.MAX_BYTES - json.length()));
        open().close();
        write(json + " ".repeat(WatchedCourse.MAX_BYTES - json.length() + 1));
        assertThatThrownBy(this::open).hasMessage(folder.resolve("manifest.json") + " is larger than 8388608 bytes");
    }
}
