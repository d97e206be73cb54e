package org.tlac.gateway.pages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.platform.course.CourseFolder;
import org.tlac.platform.course.CourseFolder.OpenFile;
import org.tlac.platform.course.CourseFolder.Stamp;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Json;

/** The course's manifest.json: read when it changed, not at each request, and not kept as a tree. */
final class Manifest {

    private static final Logger LOG = LoggerFactory.getLogger(Manifest.class);
    private static final String FILE = "manifest.json";
    private static final String PREFIX = "/lessons/";

    /** What the checks of {@code a1.html} have in place of its ending. */
    private static final String CHECKS_FILE = ".checks.yaml";

    private static final String BROKEN = "The course cannot be read now. Please tell your teacher.";

    /** A file changed so lately may change again within one tick of the file system's clock and keep its size. */
    private static final Duration TICK = Duration.ofSeconds(1);

    private final CourseFolder folder;
    private final int maxBytes;
    private final InstantSource clock;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile State state = new State.Missing();

    /** @param maxBytes a larger one is refused as one that cannot be read is */
    Manifest(CourseFolder folder, int maxBytes, InstantSource clock) {
        this.folder = folder;
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    /** What was found the last time, as a whole: a request sees one state or the next, nothing between. */
    private sealed interface State {

        record Missing() implements State {}

        record Broken(Stamp stamp, Instant read, String detail) implements State {}

        record Good(Stamp stamp, Instant read, Facts facts) implements State {}
    }

    /**
     * What a manifest says, as far as it is asked for.
     *
     * @param checks where the checks of each activity would be, in the manifest's order
     * @param present whether they are there, as {@code content} says it
     * @param teachersPaths what it names as a teacher's
     * @param content what is served
     */
    private record Facts(List<String> checks, List<Boolean> present, Set<String> teachersPaths, Content content) {}

    /**
     * The manifest with one thing more: each activity {@code hasChecks} or not. What they are stays in their file.
     *
     * @throws ApiError 404 without one, 503 while whoever edits it has not got it right
     */
    Content content() throws IOException {
        Facts facts = facts().orElseThrow(Manifest::missing);
        // Checks come and go without a change of the manifest.
        if (!isTrue(facts)) {
            facts = readAgain().orElseThrow(Manifest::missing);
        }
        return facts.content();
    }

    /** Paths in the folder that are a teacher's; none when there is no manifest. @throws ApiError 503 while it cannot be read */
    Set<String> teachersPaths() throws IOException {
        return facts().map(Facts::teachersPaths).orElse(Set.of());
    }

    private static ApiError missing() {
        return ApiError.notFound("This school has no course yet.");
    }

    private Optional<Facts> facts() throws IOException {
        Optional<Stamp> now = folder.stamp(FILE);
        if (isCurrent(state, now)) {
            return facts(state);
        }
        // One reader at a time: a large manifest takes memory while it is read.
        reading.lock();
        try {
            if (!isCurrent(state, now)) {
                state = load();
            }
            return facts(state);
        } finally {
            reading.unlock();
        }
    }

    private Optional<Facts> readAgain() throws IOException {
        reading.lock();
        try {
            if (!(state instanceof State.Good good && isTrue(good.facts()))) {
                state = load();
            }
            return facts(state);
        } finally {
            reading.unlock();
        }
    }

    private static boolean isCurrent(State state, Optional<Stamp> now) {
        return switch (state) {
            case State.Missing none -> now.isEmpty();
            case State.Broken broken -> isCurrent(broken.stamp(), broken.read(), now);
            case State.Good good -> isCurrent(good.stamp(), good.read(), now);
        };
    }

    private static boolean isCurrent(Stamp stamp, Instant read, Optional<Stamp> now) {
        return now.isPresent() && now.get().equals(stamp) && stamp.modified().isBefore(read.minus(TICK));
    }

    private static Optional<Facts> facts(State state) {
        return switch (state) {
            case State.Missing none -> Optional.empty();
            case State.Broken broken -> throw ApiError.unavailable(broken.detail(), "internal", null);
            case State.Good good -> Optional.of(good.facts());
        };
    }

    private State load() throws IOException {
        Optional<OpenFile> found = folder.open(FILE);
        if (found.isEmpty()) {
            return new State.Missing();
        }
        Instant now = clock.instant();
        try (OpenFile file = found.get()) {
            byte[] bytes = file.from(0).readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                LOG.error(
                        "The course's manifest.json has {} bytes; course.maxmanifestbytes allows {}",
                        file.stamp().size(),
                        maxBytes);
                return new State.Broken(
                        file.stamp(),
                        now,
                        "The course's manifest.json is larger than " + maxBytes + " bytes. Please tell your teacher.");
            }
            return new State.Good(file.stamp(), now, read(Json.file(bytes)));
        } catch (IllegalStateException e) {
            LOG.error("The course's manifest.json cannot be read: {}", e.getMessage());
            return new State.Broken(found.get().stamp(), now, BROKEN);
        }
    }

    private Facts read(JsonNode manifest) {
        List<String> checks = new ArrayList<>();
        List<Boolean> present = new ArrayList<>();
        Set<String> teachers = new HashSet<>();
        for (JsonNode lesson : manifest.path("lessons")) {
            teachers.add(inFolder(lesson.path("teacherPath").asText()));
            lesson.path("teacherResources")
                    .forEach(resource ->
                            teachers.add(inFolder(resource.path("path").asText())));
            for (JsonNode activity : lesson.path("activities")) {
                if (activity instanceof ObjectNode object) {
                    String file = checksOf(activity.path("path").asText());
                    checks.add(file);
                    present.add(folder.has(file));
                    object.put("hasChecks", present.getLast());
                }
            }
        }
        return new Facts(
                List.copyOf(checks), List.copyOf(present), Set.copyOf(teachers), Content.json(Json.write(manifest)));
    }

    private boolean isTrue(Facts facts) {
        return facts.present().equals(present(facts.checks()));
    }

    private List<Boolean> present(List<String> checks) {
        return checks.stream().map(folder::has).toList();
    }

    /** @param page as the manifest names it */
    private static String checksOf(String page) {
        return inFolder(page).replaceFirst("\\.[A-Za-z0-9]+$", "") + CHECKS_FILE;
    }

    private static String inFolder(String path) {
        return path.startsWith(PREFIX) ? path.substring(PREFIX.length()) : path;
    }
}
