package org.tlac.gateway.pages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Json;
import org.tlac.platform.http.Reply;

/** The course folder: its manifest for anyone, its pages for those signed in, and what is for teachers for teachers only. */
public final class Course {

    private static final Logger LOG = LoggerFactory.getLogger(Course.class);
    private static final String MANIFEST = "manifest.json";
    private static final String PREFIX = "/lessons/";

    /** In the name of every file with checks: {@code a1.checks.yaml}. */
    private static final String CHECKS = ".checks.";

    /** What the checks of {@code a1.html} have in place of its ending. */
    private static final String CHECKS_FILE = ".checks.yaml";

    private final Files all;
    private final Files files;

    /** @param folder holds manifest.json; read at each request, so a school can edit its course while TLAC runs */
    public Course(Path folder) {
        this.all = Files.folder(folder);
        this.files = path -> isChecks(folder, path) ? Optional.empty() : all.read(path);
    }

    /** What an activity is checked by is nobody's to read here, whoever asks, nor is an editor's copy of it or a link to it. */
    private static boolean isChecks(Path folder, String path) throws IOException {
        if (path.toLowerCase(Locale.ROOT).contains(CHECKS)) {
            return true;
        }
        Path file = folder.resolve(path);
        return java.nio.file.Files.exists(file)
                && file.toRealPath().toString().toLowerCase(Locale.ROOT).contains(CHECKS);
    }

    Files files() {
        return files;
    }

    /** The manifest with one thing more: each activity {@code hasChecks} or not. What they are stays in their file. */
    Reply manifest(Call call) throws IOException {
        byte[] bytes = files.read(MANIFEST).orElseThrow(() -> ApiError.notFound("This school has no course yet."));
        JsonNode manifest = tree(bytes);
        for (JsonNode lesson : manifest.path("lessons")) {
            for (JsonNode activity : lesson.path("activities")) {
                if (activity instanceof ObjectNode object) {
                    object.put("hasChecks", hasChecks(activity.path("path").asText()));
                }
            }
        }
        return Files.reply(call, 200, MANIFEST, Json.write(manifest));
    }

    /** @param page as the manifest names it */
    private boolean hasChecks(String page) throws IOException {
        return all.read(inFolder(page).replaceFirst("\\.[A-Za-z0-9]+$", "") + CHECKS_FILE)
                .isPresent();
    }

    private static String inFolder(String path) {
        return path.startsWith(PREFIX) ? path.substring(PREFIX.length()) : path;
    }

    /** @throws ApiError 503 while whoever edits it has not got it right; the log says where it is wrong */
    private static JsonNode tree(byte[] manifest) {
        try {
            return Json.file(manifest);
        } catch (IllegalStateException e) {
            LOG.error("The course's manifest.json cannot be read: {}", e.getMessage());
            throw ApiError.unavailable("The course cannot be read now. Please tell your teacher.", "internal", e);
        }
    }

    /** Who may read a file of the course: whatever lies in a folder called teacher, or the manifest names as a teacher's, is theirs. */
    Access access(String path) throws IOException {
        boolean folder = Arrays.asList(path.split("/", -1)).contains("teacher");
        return folder || teachersPaths().contains(path) ? Access.TEACHER : Access.SIGNED_IN;
    }

    private Set<String> teachersPaths() throws IOException {
        byte[] manifest = files.read(MANIFEST).orElse(null);
        if (manifest == null) {
            return Set.of();
        }
        JsonNode lessons = tree(manifest).path("lessons");
        return StreamSupport.stream(lessons.spliterator(), false)
                .flatMap(lesson -> Stream.concat(
                        Stream.of(lesson.path("teacherPath")),
                        StreamSupport.stream(lesson.path("teacherResources").spliterator(), false)
                                .map(resource -> resource.path("path"))))
                .map(JsonNode::asText)
                .map(Course::inFolder)
                .collect(Collectors.toUnmodifiableSet());
    }
}
