package org.tlac.gateway.pages;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.tlac.gateway.edge.ContentCoding;

/**
 * The pages and their assets as the build packed them into this program. Each is read when it is first asked for and kept: all of them
 * together are as large as the build made them.
 */
final class Assets {

    private static final String FOLDER = "/web/";

    private final String version;
    private final Map<String, String> hashes = new HashMap<>();
    private final Map<String, Content> read = new ConcurrentHashMap<>();

    private Assets(String index) {
        String[] lines = index.split("\n", -1);
        version = lines[0];
        for (int i = 1; i < lines.length - 1; i++) {
            int space = lines[i].indexOf(' ');
            hashes.put(lines[i].substring(space + 1), lines[i].substring(0, space));
        }
    }

    /** @throws IllegalStateException when this program was built without them */
    static Assets packed() {
        byte[] index = resource("index");
        if (index == null) {
            throw new IllegalStateException("The pages are not on the class path: this program was not built by Maven");
        }
        return new Assets(new String(index, StandardCharsets.UTF_8));
    }

    /** Part of the address of every asset, and another one when any of them changes. */
    String version() {
        return version;
    }

    /** @param path as {@code core/api.js} */
    Optional<Content> find(String path) {
        String hash = hashes.get(path);
        return hash == null ? Optional.empty() : Optional.of(read.computeIfAbsent(path, key -> read(key, hash)));
    }

    private static Content read(String path, String hash) {
        Map<ContentCoding, byte[]> bodies = new EnumMap<>(ContentCoding.class);
        put(bodies, ContentCoding.IDENTITY, resource(path));
        put(bodies, ContentCoding.GZIP, resource(path + ".gz"));
        put(bodies, ContentCoding.BROTLI, resource(path + ".br"));
        return new Content(ContentType.of(path), hash, bodies);
    }

    private static void put(Map<ContentCoding, byte[]> bodies, ContentCoding coding, byte @Nullable [] body) {
        if (body != null) {
            bodies.put(coding, body);
        }
    }

    private static byte @Nullable [] resource(String path) {
        try (InputStream in = Assets.class.getResourceAsStream(FOLDER + path)) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(path + " is packed into this program", e);
        }
    }
}
