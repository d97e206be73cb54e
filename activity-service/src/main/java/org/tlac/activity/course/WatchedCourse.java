package org.tlac.activity.course;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.platform.course.BrokenFileException;
import org.tlac.platform.course.CourseFile;
import org.tlac.platform.course.CourseFolder;
import org.tlac.platform.course.Manifest;
import org.tlac.platform.course.Reading;

/**
 * The course that the school mounted. Its manifest is read again when it changes, without a restart; a change that broke it is reported
 * and the last good one stays in use. Polled: file notifications do not work on every kind of mount.
 */
public final class WatchedCourse implements AutoCloseable {

    static final int MAX_BYTES = 8 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(WatchedCourse.class);

    private final Path folder;
    private final CourseFile<Manifest> manifest;
    private final Consumer<Manifest> onLoad;
    private final Runnable onBroken;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Manifest course;

    /** Null before the first one. */
    private @Nullable Reading<Manifest> seen;

    private WatchedCourse(Path folder, InstantSource clock, Consumer<Manifest> onLoad, Runnable onBroken) {
        this.folder = folder;
        this.manifest = new CourseFile<>(new CourseFolder(folder), Manifest.FILE, MAX_BYTES, clock, Manifest::parse);
        this.onLoad = onLoad;
        this.onBroken = onBroken;
        Reading<Manifest> first = read();
        this.seen = first;
        this.course = usable(first);
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
    public static WatchedCourse open(
            Path folder, Duration poll, InstantSource clock, Consumer<Manifest> onLoad, Runnable onBroken) {
        WatchedCourse opened = new WatchedCourse(folder, clock, onLoad, onBroken);
        Thread.ofVirtual().name("course").start(() -> opened.watch(poll));
        return opened;
    }

    /** The newest course that could be used. */
    public Manifest course() {
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

    /** A reading is the same object as long as the content is the same; two broken contents may have equal messages. */
    @SuppressWarnings("ReferenceEquality")
    private void refresh() {
        Reading<Manifest> current = read();
        if (current == seen) {
            return;
        }
        seen = current;
        try {
            Manifest changed = usable(current);
            course = changed;
            onLoad.accept(changed);
            LOG.info("The course changed: {} lessons", changed.lessons().size());
        } catch (RuntimeException e) {
            LOG.error("The course changed and cannot be used; the last good one stays: {}", e.getMessage());
            onBroken.run();
        }
    }

    private Reading<Manifest> read() {
        try {
            return manifest.read();
        } catch (IOException e) {
            Reading<Manifest> failed = new Reading.Broken<>(Manifest.FILE + " cannot be read: " + e, false);
            return seen != null && seen.equals(failed) ? seen : failed;
        }
    }

    private Manifest usable(Reading<Manifest> reading) {
        return switch (reading) {
            case Reading.Missing<Manifest> missing -> throw new BrokenCourseException(absence());
            case Reading.Broken<Manifest> broken -> throw new BrokenCourseException(folder + "/" + broken.message());
            case Reading.Good<Manifest> good -> sound(good.value());
        };
    }

    private Manifest sound(Manifest read) {
        try {
            return read.sound();
        } catch (BrokenFileException e) {
            throw new BrokenCourseException(folder + "/" + e.getMessage());
        }
    }

    private String absence() {
        Path file = folder.resolve(Manifest.FILE);
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                ? file + " cannot be read: it must be a readable file and not a link"
                : file + " is missing: course.folder must hold a course";
    }
}
