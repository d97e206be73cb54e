package org.tlac.gateway.pages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.platform.course.CourseFile;
import org.tlac.platform.course.CourseFolder;
import org.tlac.platform.course.Manifest;
import org.tlac.platform.course.ManifestDocument;
import org.tlac.platform.course.Reading;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Json;

/** The course's manifest.json as pages get it; not kept as a tree. */
final class ServedManifest {

    private static final Logger LOG = LoggerFactory.getLogger(ServedManifest.class);
    private static final String BROKEN = "The course cannot be read now. Please tell your teacher.";

    private final CourseFolder folder;
    private final CourseFile<Facts> file;
    private final AtomicReference<@Nullable Object> logged = new AtomicReference<>();

    /** @param maxBytes a larger one is refused as one that cannot be read is */
    ServedManifest(CourseFolder folder, int maxBytes, InstantSource clock) {
        this.folder = folder;
        this.file = new CourseFile<>(folder, Manifest.FILE, maxBytes, clock, this::facts);
    }

    /**
     * What a manifest says, as far as it is asked for.
     *
     * @param checks where the checks of each activity would be, in the manifest's order
     * @param present whether they are there, as {@code content} says it
     * @param teacherPaths what it names as a teacher's
     * @param content what is served
     */
    private record Facts(List<String> checks, List<Boolean> present, Set<String> teacherPaths, Content content) {}

    /**
     * The manifest with one thing more: each activity {@code hasChecks} or not. What they are stays in their file.
     *
     * @throws ApiError 404 without one, 503 while whoever edits it has not got it right
     */
    Content content() throws IOException {
        Facts facts = good(file.read()).orElseThrow(ServedManifest::missing);
        // Checks come and go without a change of the manifest.
        if (isOutdated(facts)) {
            facts = good(file.readAgain(this::isOutdated)).orElseThrow(ServedManifest::missing);
        }
        return facts.content();
    }

    /** Paths in the folder that are a teacher's; none when there is no manifest. @throws ApiError 503 while it cannot be read */
    Set<String> teacherPaths() throws IOException {
        return good(file.read()).map(Facts::teacherPaths).orElse(Set.of());
    }

    private static ApiError missing() {
        return ApiError.notFound("This school has no course yet.");
    }

    private Optional<Facts> good(Reading<Facts> reading) {
        return switch (reading) {
            case Reading.Missing<Facts> none -> Optional.empty();
            case Reading.Broken<Facts> broken -> throw unavailable(broken);
            case Reading.Good<Facts> good -> Optional.of(good.value());
        };
    }

    /** Logged once for each broken content, which is the same object as long as it is the same content, not at each request. */
    @SuppressWarnings("ReferenceEquality")
    private ApiError unavailable(Reading.Broken<Facts> broken) {
        if (logged.getAndSet(broken) != broken) {
            String limit = broken.tooLarge() ? "; course.maxmanifestbytes is the limit" : "";
            LOG.error("The course cannot be served: {}{}", broken.message(), limit);
        }
        String detail = broken.tooLarge() ? "The course's " + broken.message() + ". Please tell your teacher." : BROKEN;
        return ApiError.unavailable(detail, "internal", null);
    }

    private Facts facts(String path, byte[] bytes) {
        ManifestDocument document = ManifestDocument.parse(path, bytes);
        List<String> checks = new ArrayList<>();
        List<Boolean> present = new ArrayList<>();
        for (JsonNode lesson : document.json().path("lessons")) {
            for (JsonNode activity : lesson.path("activities")) {
                if (activity instanceof ObjectNode object) {
                    checks.add(Manifest.checksFile(activity));
                    present.add(folder.has(checks.getLast()));
                    object.put("hasChecks", present.getLast());
                }
            }
        }
        return new Facts(
                List.copyOf(checks),
                List.copyOf(present),
                document.manifest().teacherPaths(),
                Content.json(Json.write(document.json())));
    }

    private boolean isOutdated(Facts facts) {
        return !facts.present().equals(facts.checks().stream().map(folder::has).toList());
    }
}
