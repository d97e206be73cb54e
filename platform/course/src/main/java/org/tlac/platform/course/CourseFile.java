package org.tlac.platform.course;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.tlac.platform.course.CourseFolder.OpenFile;
import org.tlac.platform.course.CourseFolder.Stamp;

/**
 * One file of the course and what was made of it: asked for its state at each use (one {@code stat}), read when that changed, and parsed
 * when its content changed. For any number of threads, of which one reads at a time: a large file takes memory while it is parsed.
 *
 * @param <T> immutable
 */
public final class CourseFile<T> {

    /** A file changed so lately may change again within one tick of the file system's clock and keep its size. */
    private static final Duration TICK = Duration.ofSeconds(1);

    private final CourseFolder folder;
    private final String path;
    private final int maxBytes;
    private final InstantSource clock;
    private final Parser<T> parser;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile State<T> state;

    /** Makes a value of a file's content. */
    @FunctionalInterface
    public interface Parser<T> {

        /**
         * Called once for each content of the file.
         *
         * @param path of the file in the course, for messages
         * @throws BrokenFileException when the content cannot be used
         */
        T parse(String path, byte[] content);
    }

    /**
     * The last state seen, as a whole: a reader sees one or the next, nothing between.
     *
     * @param stamp empty when the file was not there
     * @param digest of the content
     */
    private record State<T>(Optional<Stamp> stamp, Instant read, String digest, Reading<T> reading) {

        boolean isCurrent(Optional<Stamp> now) {
            return now.equals(stamp)
                    && stamp.map(Stamp::modified)
                            .map(modified -> modified.isBefore(read.minus(TICK)))
                            .orElse(true);
        }
    }

    /**
     * A file that need not be there yet.
     *
     * @param path in the folder, with no slash before it
     * @param maxBytes a larger one is refused
     */
    public CourseFile(CourseFolder folder, String path, int maxBytes, InstantSource clock, Parser<T> parser) {
        this.folder = folder;
        this.path = path;
        this.maxBytes = maxBytes;
        this.clock = clock;
        this.parser = parser;
        this.state = missing();
    }

    /** What the file is now. @throws IOException when the folder cannot be read, which says nothing about the file */
    public Reading<T> read() throws IOException {
        Optional<Stamp> now = folder.stamp(path);
        State<T> seen = state;
        if (seen.isCurrent(now)) {
            return seen.reading();
        }
        reading.lock();
        try {
            if (!state.isCurrent(now)) {
                state = load(state);
            }
            return state.reading();
        } finally {
            reading.unlock();
        }
    }

    /** As {@link #read}, but an unchanged file whose value is outdated is parsed again: for values that depend on other files too. */
    public Reading<T> readAgain(Predicate<T> isOutdated) throws IOException {
        reading.lock();
        try {
            if (!(state.reading() instanceof Reading.Good<T> good) || isOutdated.test(good.value())) {
                state = load(missing());
            }
            return state.reading();
        } finally {
            reading.unlock();
        }
    }

    private State<T> missing() {
        return new State<>(Optional.empty(), Instant.MAX, "", new Reading.Missing<>());
    }

    private State<T> load(State<T> before) throws IOException {
        Optional<OpenFile> found = folder.open(path);
        if (found.isEmpty()) {
            return before.reading() instanceof Reading.Missing ? before : missing();
        }
        Instant now = clock.instant();
        try (OpenFile file = found.get()) {
            byte[] content = file.from(0).readNBytes(maxBytes + 1);
            String digest = digest(content);
            Reading<T> same = digest.equals(before.digest()) ? before.reading() : parse(content);
            return new State<>(Optional.of(file.stamp()), now, digest, same);
        }
    }

    private Reading<T> parse(byte[] content) {
        if (content.length > maxBytes) {
            return new Reading.Broken<>(path + " is larger than " + maxBytes + " bytes", true);
        }
        try {
            return new Reading.Good<>(parser.parse(path, content));
        } catch (BrokenFileException e) {
            return new Reading.Broken<>(String.valueOf(e.getMessage()), false);
        }
    }

    private static String digest(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
