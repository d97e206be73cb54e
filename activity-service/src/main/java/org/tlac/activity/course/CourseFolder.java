package org.tlac.activity.course;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The course folder that the school mounted. Its manifest is read again when it changes, without a restart; a change that broke it is
 * reported and the last good one stays in use.
 */
public final class CourseFolder implements AutoCloseable {

    static final long MAX_BYTES = 8L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(CourseFolder.class);

    private final Path manifest;
    private final Consumer<Course> onLoad;
    private final Runnable onBroken;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Course course;
    private @Nullable Version seen;

    /** What tells one version of the file from another. Polled: file notifications do not work on every kind of mount. */
    private record Version(
            FileTime modified, long size, @Nullable Object fileKey) {}

    private CourseFolder(Path folder, Consumer<Course> onLoad, Runnable onBroken) {
        this.manifest = folder.resolve("manifest.json");
        this.onLoad = onLoad;
        this.onBroken = onBroken;
        try {
            this.seen = version();
        } catch (IOException e) {
            this.seen = null;
        }
        this.course = read();
        onLoad.accept(course);
    }

    /**
     * Reads the course and keeps watching it.
     *
     * @param poll how often to look whether it changed
     * @param onLoad told of the first course and of every later one
     * @param onBroken told once per version of the manifest that cannot be used
     * @throws BrokenCourseException when the first one cannot be used
     */
    public static CourseFolder open(Path folder, Duration poll, Consumer<Course> onLoad, Runnable onBroken) {
        CourseFolder opened = new CourseFolder(folder, onLoad, onBroken);
        Thread.ofVirtual().name("course").start(() -> opened.watch(poll));
        return opened;
    }

    /** The newest course that could be used. */
    public Course course() {
        return course;
    }

    @Override
    public void close() {
        closed.countDown();
    }

    private void watch(Duration poll) {
        try {
            while (!closed.await(poll.toNanos(), TimeUnit.NANOSECONDS)) {
                refresh();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void refresh() {
        Version current;
        try {
            current = version();
        } catch (IOException e) {
            current = null;
        }
        if (Objects.equals(current, seen)) {
            return;
        }
        seen = current;
        try {
            Course changed = read();
            course = changed;
            onLoad.accept(changed);
            LOG.info("The course changed: {} lessons", changed.lessons().size());
        } catch (RuntimeException e) {
            LOG.error("The course changed and cannot be used; the last good one stays: {}", e.getMessage());
            onBroken.run();
        }
    }

    private @Nullable Version version() throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(manifest, BasicFileAttributes.class);
        return new Version(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    }

    private Course read() {
        try {
            if (Files.size(manifest) > MAX_BYTES) {
                throw new BrokenCourseException("is larger than " + MAX_BYTES + " bytes");
            }
            return Manifest.parse(Files.readString(manifest));
        } catch (BrokenCourseException e) {
            throw new BrokenCourseException(manifest + ": " + e.getMessage());
        } catch (NoSuchFileException e) {
            throw new BrokenCourseException(manifest + " is missing: course.folder must hold a course");
        } catch (CharacterCodingException e) {
            throw new BrokenCourseException(manifest + " is not UTF-8");
        } catch (IOException e) {
            throw new BrokenCourseException(manifest + " cannot be read: " + e);
        }
    }
}
