package org.tlac.runner.check;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.course.ActivityKey;
import org.tlac.platform.course.BrokenFileException;
import org.tlac.platform.course.CourseFile;
import org.tlac.platform.course.CourseFolder;
import org.tlac.platform.course.Manifest;
import org.tlac.platform.course.Reading;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Json;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * The checks in the course folder: those of {@code lesson-1/a1.html} are in {@code lesson-1/a1.checks.yaml}. Parsed again when a file
 * changed, so that a school can edit its course while TLAC runs.
 */
final class CourseChecks {

    /** Files whose checks are kept, the least recently used going first: a class works on a few activities at once. */
    static final int MAX_KEPT = 64;

    private static final int MAX_BYTES = 8 << 20;
    private static final int MAX_CHECKS_BYTES = 256 << 10;
    private static final int MAX_NESTING = 20;

    private final Path path;
    private final CourseFolder folder;
    private final int most;
    private final InstantSource clock;
    private final CourseFile<Manifest> manifest;
    private final ReentrantLock keeping = new ReentrantLock();
    private final Map<String, CourseFile<List<Check>>> kept = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, CourseFile<List<Check>>> eldest) {
            return size() > MAX_KEPT;
        }
    };

    private record CheckFile(@Nullable List<Check> checks) {}

    /** The checks are there and of no use; the message says why, to whoever runs the school. */
    static final class BrokenChecksException extends RuntimeException {
        BrokenChecksException(String message) {
            super(message);
        }
    }

    CourseChecks(CheckRules rules, InstantSource clock) {
        this.path = rules.course();
        this.folder = new CourseFolder(rules.course());
        this.most = rules.most();
        this.clock = clock;
        this.manifest = new CourseFile<>(folder, Manifest.FILE, MAX_BYTES, clock, Manifest::parse);
    }

    /**
     * The checks of an activity; empty when it has none.
     *
     * @throws BrokenChecksException when they cannot be used
     */
    Optional<List<Check>> of(ActivityKey key) throws IOException {
        Optional<Manifest.Activity> activity = good(manifest.read()).flatMap(found -> found.activity(key));
        return activity.isEmpty()
                ? Optional.empty()
                : good(file(activity.get().checksFile()).read());
    }

    private CourseFile<List<Check>> file(String name) {
        keeping.lock();
        try {
            return kept.computeIfAbsent(
                    name, added -> new CourseFile<>(folder, added, MAX_CHECKS_BYTES, clock, this::parse));
        } finally {
            keeping.unlock();
        }
    }

    private <T> Optional<T> good(Reading<T> reading) {
        return switch (reading) {
            case Reading.Missing<T> missing -> Optional.empty();
            case Reading.Broken<T> broken -> throw new BrokenChecksException(path + "/" + broken.message());
            case Reading.Good<T> good -> Optional.of(good.value());
        };
    }

    private List<Check> parse(String file, byte[] content) {
        try {
            LoaderOptions options = new LoaderOptions();
            options.setAllowDuplicateKeys(false);
            options.setMaxAliasesForCollections(0);
            options.setNestingDepthLimit(MAX_NESTING);
            Object tree = new Yaml(new SafeConstructor(options)).load(new String(content, StandardCharsets.UTF_8));
            List<Check> checks = Json.read(Json.write(tree == null ? "" : tree), CheckFile.class)
                    .checks();
            if (checks == null || checks.isEmpty() || checks.size() > most) {
                throw new IllegalArgumentException("there must be from 1 to " + most + " checks");
            }
            checks.forEach(Check::validate);
            return List.copyOf(checks);
        } catch (YAMLException | ApiError | IllegalArgumentException e) {
            throw new BrokenFileException(file + ": " + e.getMessage(), e);
        }
    }
}
