package org.tlac.runner.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Json;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * The checks in the course folder: those of {@code lesson-1/a1.html} are in {@code lesson-1/a1.checks.yaml}. Read at each use, so that a
 * school can edit its course while TLAC runs.
 */
final class CourseChecks {

    private static final String SUFFIX = ".checks.yaml";
    private static final String PREFIX = "/lessons/";
    private static final int MAX_BYTES = 8 << 20;
    private static final int MAX_CHECKS_BYTES = 256 << 10;
    private static final int MAX_NESTING = 20;

    private final Path folder;
    private final int most;

    private record CheckFile(@Nullable List<Check> checks) {}

    /** The checks are there and of no use; the message says why, to whoever runs the school. */
    static final class BrokenChecksException extends RuntimeException {
        BrokenChecksException(Path file, Exception cause) {
            super(file + ": " + cause.getMessage(), cause);
        }
    }

    CourseChecks(CheckRules rules) {
        this.folder = rules.course();
        this.most = rules.most();
    }

    /**
     * The checks of an activity; empty when it has none.
     *
     * @throws BrokenChecksException when they cannot be used
     */
    Optional<List<Check>> of(String lessonId, String activityId) throws IOException {
        Optional<String> page = page(lessonId, activityId);
        if (page.isEmpty()) {
            return Optional.empty();
        }
        Path file = folder.resolve(page.get().replaceFirst("\\.[A-Za-z0-9]+$", "") + SUFFIX);
        Optional<byte[]> content = read(file, MAX_CHECKS_BYTES);
        return content.isEmpty() ? Optional.empty() : Optional.of(parse(file, content.get()));
    }

    private Optional<String> page(String lessonId, String activityId) throws IOException {
        Path file = folder.resolve("manifest.json");
        Optional<byte[]> manifest = read(file, MAX_BYTES);
        if (manifest.isEmpty()) {
            return Optional.empty();
        }
        for (JsonNode lesson : manifest(file, manifest.get()).path("lessons")) {
            for (JsonNode activity : lesson.path("activities")) {
                if (lesson.path("id").asText().equals(lessonId)
                        && activity.path("id").asText().equals(activityId)) {
                    String path = activity.path("path").asText();
                    return Optional.of(path.startsWith(PREFIX) ? path.substring(PREFIX.length()) : path);
                }
            }
        }
        return Optional.empty();
    }

    private static JsonNode manifest(Path file, byte[] content) {
        try {
            return Json.file(content);
        } catch (IllegalStateException e) {
            throw new BrokenChecksException(file, e);
        }
    }

    /** A file of the course; a link that leads out of it is not one. */
    private Optional<byte[]> read(Path file, int maxBytes) throws IOException {
        try {
            Path real = file.toRealPath();
            if (!real.startsWith(folder.toRealPath()) || !Files.isRegularFile(real)) {
                return Optional.empty();
            }
            if (Files.size(real) > maxBytes) {
                throw new IOException(file + " is larger than " + maxBytes + " bytes");
            }
            return Optional.of(Files.readAllBytes(real));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private List<Check> parse(Path file, byte[] content) {
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
            return checks;
        } catch (YAMLException | ApiError | IllegalArgumentException e) {
            throw new BrokenChecksException(file, e);
        }
    }
}
