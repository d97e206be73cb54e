package org.tlac.gateway.pages;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.tlac.gateway.pages.Conditions.Part;
import org.tlac.platform.course.CourseFolder;
import org.tlac.platform.course.CourseFolder.OpenFile;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Reply.Header;
import org.tlac.platform.identity.Identity;

/**
 * The course folder: its manifest for anyone, its pages for those signed in, and what is for teachers for teachers only. Files are
 * streamed, whatever their size, also in part.
 *
 * <p>Not by Helidon's static content module. Run at 4.5.0, it serves links that stay inside the folder, takes a file of another size
 * that was changed in the same millisecond for the same (304), and sends a range although If-Range names another version; and it answers
 * by itself, past our routes, roles and measurements.
 */
public final class Course {

    /** Kept, but asked about each time: a new version is there at once, and an unchanged one costs no bytes. */
    static final String ASK_EACH_TIME = "private, no-cache";

    private final CourseFolder folder;
    private final ServedManifest manifest;

    /**
     * A course that a school may edit while TLAC runs.
     *
     * @param folder holds manifest.json
     * @param maxManifestBytes of it
     */
    public Course(Path folder, int maxManifestBytes, InstantSource clock) {
        this.folder = new CourseFolder(folder);
        this.manifest = new ServedManifest(this.folder, maxManifestBytes, clock);
    }

    Reply manifest(Call call) throws IOException {
        return manifest.content().reply(call, 200, ASK_EACH_TIME);
    }

    /** Who may read a file of the course: whatever lies in a folder called teacher, or the manifest names as a teacher's, is theirs. */
    Access access(String path) throws IOException {
        boolean teachers =
                CourseNames.isTeachers(path) || manifest.teacherPaths().contains(path);
        return teachers ? Access.TEACHER : Access.SIGNED_IN;
    }

    /** One file, or 304, 206 or 416. @throws ApiError 404 when it is not there for this caller */
    Reply file(Call call, String path) throws IOException {
        boolean teacher = call.identity() instanceof Identity.User user
                && Access.TEACHER.admits(user.caller().role());
        if (CourseNames.isHidden(path) || (CourseNames.isReadme(path) && !teacher)) {
            throw ApiError.notFound();
        }
        OpenFile file = folder.open(path).orElseThrow(ApiError::notFound);
        Reply reply = null;
        try {
            reply = reply(call, path, file);
            return reply;
        } finally {
            if (reply == null || reply.stream() == null) {
                file.close();
            }
        }
    }

    private static Reply reply(Call call, String path, OpenFile file) throws IOException {
        long size = file.stamp().size();
        String tag = tag(file.stamp());
        List<Header> headers = List.of(
                new Header("ETag", tag),
                new Header("Last-Modified", Conditions.date(file.stamp().modified())),
                new Header("Accept-Ranges", "bytes"),
                new Header("Cache-Control", ASK_EACH_TIME));
        if (Conditions.has(call, tag, file.stamp().modified())) {
            return new Reply(304, headers, new byte[0], null);
        }
        return switch (Conditions.part(call, tag, size)) {
            case Part.Whole whole -> stream(200, headers, path, file.from(0), size);
            case Part.Bytes part ->
                stream(206, headers, path, file.from(part.first()), part.length())
                        .with("Content-Range", "bytes " + part.first() + "-" + part.last() + "/" + size);
            case Part.Beyond beyond ->
                new Reply(416, headers, new byte[0], null).with("Content-Range", "bytes */" + size);
        };
    }

    private static Reply stream(int status, List<Header> headers, String path, InputStream body, long length) {
        return Reply.stream(status, headers, body, length).with("Content-Type", ContentType.of(path));
    }

    /** Without reading the file: its size, the nanosecond of its last change and which file it is. */
    private static String tag(CourseFolder.Stamp stamp) {
        String text = stamp.size() + " " + stamp.modified() + " " + stamp.key();
        return "\"" + Content.hash(text.getBytes(StandardCharsets.UTF_8)) + "\"";
    }
}
