package org.tlac.platform.http;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer: status, headers and a body that is bytes or, when {@code stream} is set, read and closed while it is sent.
 *
 * @param length of the stream in bytes; {@link #UNKNOWN} when its end decides
 */
@SuppressWarnings("ArrayRecordComponent") // Replies are sent, never compared.
public record Reply(
        int status,
        List<Header> headers,
        byte[] body,
        @Nullable InputStream stream,
        long length) {

    public record Header(String name, String value) {}

    public static final String JSON_TYPE = "application/json";

    public static final long UNKNOWN = -1;

    private static final byte[] NOTHING = {};

    public Reply {
        headers = List.copyOf(headers);
    }

    /** Bytes, or a stream whose length nobody knows. */
    public Reply(int status, List<Header> headers, byte[] body, @Nullable InputStream stream) {
        this(status, headers, body, stream, UNKNOWN);
    }

    /** 200 with a value as JSON. */
    public static Reply json(Object value) {
        return json(200, value);
    }

    public static Reply json(int status, Object value) {
        return of(status, JSON_TYPE, Json.write(value));
    }

    public static Reply of(int status, String contentType, byte[] body) {
        return new Reply(status, List.of(new Header("Content-Type", contentType)), body, null);
    }

    public static Reply empty(int status) {
        return new Reply(status, List.of(), NOTHING, null);
    }

    /** @param location a path of this server, or an absolute address */
    public static Reply redirect(int status, String location) {
        return empty(status).with("Location", location);
    }

    /**
     * An answer whose length nobody knows yet.
     *
     * @param body what each read gives is sent at once; reading may block for as long as the answer lasts. Closed when it ended, or when
     *     a write showed that the client is gone
     */
    public static Reply stream(int status, List<Header> headers, InputStream body) {
        return new Reply(status, headers, NOTHING, body);
    }

    /**
     * An answer too large to be held in memory: a file.
     *
     * @param body closed after so many bytes; when it ends before, so does the connection, and the client knows that something is missing
     */
    public static Reply stream(int status, List<Header> headers, InputStream body, long length) {
        return new Reply(status, headers, NOTHING, body, length);
    }

    /** The same answer with one more header. */
    public Reply with(String name, String value) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new Reply(status, more, body, stream, length);
    }
}
