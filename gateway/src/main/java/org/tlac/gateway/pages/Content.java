package org.tlac.gateway.pages;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.zip.Deflater;
import org.tlac.gateway.edge.ContentCoding;
import org.tlac.gateway.edge.Gzip;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Reply;

/** What is small enough to be kept in memory, in each coding it was packed in. Shared by all calls that it answers. */
final class Content {

    /** Below, compression gains less than a packet. */
    static final int MIN_BYTES = 1024;

    private final String type;
    private final String hash;
    private final Map<ContentCoding, byte[]> bodies;

    /**
     * A text and its compressed forms.
     *
     * @param hash of the bytes as they are, from which each coding's tag is made
     * @param bodies {@link ContentCoding#IDENTITY}, and others where they are smaller
     */
    Content(String type, String hash, Map<ContentCoding, byte[]> bodies) {
        this.type = type;
        this.hash = hash;
        this.bodies = new EnumMap<>(bodies);
    }

    /** JSON made just now, compressed once for all who ask. */
    static Content json(byte[] bytes) {
        Map<ContentCoding, byte[]> bodies = new EnumMap<>(ContentCoding.class);
        bodies.put(ContentCoding.IDENTITY, bytes);
        if (bytes.length >= MIN_BYTES) {
            try (Gzip gzip = new Gzip(1, Deflater.BEST_COMPRESSION)) {
                gzip.compress(bytes).ifPresent(smaller -> bodies.put(ContentCoding.GZIP, smaller));
            }
        }
        return new Content(Reply.JSON_TYPE, hash(bytes), bodies);
    }

    /** 128 bits of SHA-256, in hexadecimal. */
    static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** The best coding that the client takes; 304 when it has that very one already. */
    Reply reply(Call call, int status, String cacheControl) {
        ContentCoding coding = ContentCoding.best(call.header("Accept-Encoding"), codings());
        String tag = tag(coding);
        if (status == 200 && Conditions.has(call, tag, null)) {
            return common(Reply.empty(304), tag, cacheControl);
        }
        Reply reply = common(Reply.of(status, type, body(coding)), tag, cacheControl);
        return coding == ContentCoding.IDENTITY ? reply : reply.with("Content-Encoding", coding.token());
    }

    private Reply common(Reply reply, String tag, String cacheControl) {
        Reply tagged = reply.with("ETag", tag).with("Cache-Control", cacheControl);
        return codings().isEmpty() ? tagged : tagged.with("Vary", "Accept-Encoding");
    }

    private Set<ContentCoding> codings() {
        return bodies.size() > 1 ? bodies.keySet() : Set.of();
    }

    private byte[] body(ContentCoding coding) {
        byte[] body = bodies.get(coding);
        if (body == null) {
            throw new IllegalArgumentException("There is no " + coding + " of " + hash);
        }
        return body;
    }

    /** Different bytes have different strong tags. */
    private String tag(ContentCoding coding) {
        return coding == ContentCoding.IDENTITY ? "\"" + hash + "\"" : "\"" + hash + "-" + coding.token() + "\"";
    }
}
