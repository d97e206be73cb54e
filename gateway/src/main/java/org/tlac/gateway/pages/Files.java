package org.tlac.gateway.pages;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Reply;

/** Where files are read from, and how one becomes an answer that a browser may keep and ask about again. */
@FunctionalInterface
interface Files {

    Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("json", "application/json"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("jpg", "image/jpeg"),
            Map.entry("jpeg", "image/jpeg"),
            Map.entry("gif", "image/gif"),
            Map.entry("webp", "image/webp"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("woff2", "font/woff2"),
            Map.entry("pdf", "application/pdf"),
            Map.entry("csv", "text/csv; charset=utf-8"),
            Map.entry("md", "text/markdown; charset=utf-8"),
            Map.entry("py", "text/plain; charset=utf-8"),
            Map.entry("txt", "text/plain; charset=utf-8"));

    /** A file's bytes; empty when there is none at that path. The path has no dot segments and does not begin with a slash. */
    Optional<byte[]> read(String path) throws IOException;

    /** Files packed into this program, below a folder of the class path. */
    static Files packed(String folder) {
        return path -> {
            try (InputStream in = Files.class.getResourceAsStream(folder + "/" + path)) {
                return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
            }
        };
    }

    /** Files of a folder; what is hidden, or leads out of it by a link, is not there. */
    static Files folder(Path folder) {
        return path -> {
            if (path.startsWith(".") || path.contains("/.")) {
                return Optional.empty();
            }
            try {
                Path root = folder.toRealPath();
                Path file = root.resolve(path).toRealPath();
                boolean inside = file.startsWith(root) && java.nio.file.Files.isRegularFile(file);
                return inside ? Optional.of(java.nio.file.Files.readAllBytes(file)) : Optional.empty();
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        };
    }

    /** The file as an answer: 304 when the browser has these very bytes already. */
    static Reply reply(Call call, int status, String path, byte[] bytes) {
        String tag = "\"" + digest(bytes) + "\"";
        // "no-cache" means: keep it, but ask each time; so a new version is there at once, and an unchanged one costs
        // no bytes.
        if (status == 200 && call.header("If-None-Match").filter(tag::equals).isPresent()) {
            return Reply.empty(304).with("ETag", tag).with("Cache-Control", "private, no-cache");
        }
        return Reply.of(status, type(path), bytes).with("ETag", tag).with("Cache-Control", "private, no-cache");
    }

    private static String type(String path) {
        String extension = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return TYPES.getOrDefault(extension, "application/octet-stream");
    }

    private static String digest(byte[] bytes) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
