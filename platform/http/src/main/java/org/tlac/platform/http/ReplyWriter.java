package org.tlac.platform.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends answers: status, headers, and a body in pieces that a client who does not read cannot pile up. */
final class ReplyWriter {

    private static final Logger LOG = LoggerFactory.getLogger(ReplyWriter.class);
    private static final int STREAM_BUFFER = 16 << 10;

    private final List<Header> defaults;

    /** @param defaults headers of every answer that does not set them itself */
    ReplyWriter(List<Header> defaults) {
        this.defaults = List.copyOf(defaults);
    }

    /** @throws CloseConnectionException when it did not leave whole: nothing can be said on this connection any more */
    void write(Call call, Reply reply, ServerResponse response) {
        response.status(reply.status());
        defaults.forEach(response::header);
        for (Reply.Header header : reply.headers()) {
            // add, not set: an answer may set several cookies.
            if (header.name().equalsIgnoreCase("Set-Cookie")) {
                response.headers().add(HeaderNames.SET_COOKIE, header.value());
            } else {
                response.header(header.name(), header.value());
            }
        }
        if (!call.requestId().isEmpty()) {
            response.header(Call.REQUEST_ID, call.requestId());
        }
        if (call.closes()) {
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
        if (reply.stream() != null && reply.length() == Reply.UNKNOWN) {
            // It may go on for an hour, and holds little: what bounds it is the number of connections.
            call.streams();
        }
        try {
            body(call, reply, response);
        } catch (IOException | RuntimeException e) {
            // Part of it has left. Mostly the client is gone, which is no news.
            LOG.debug("An answer did not leave", e);
            throw new CloseConnectionException("an answer did not leave", e);
        }
    }

    private static void body(Call call, Reply reply, ServerResponse response) throws IOException {
        try (InputStream stream = reply.stream()) {
            long length = stream == null ? reply.body().length : reply.length();
            if (call.method().equals("HEAD")) {
                announce(length, response);
                response.send();
            } else if (length == 0 || (stream == null && length <= STREAM_BUFFER)) {
                response.send(reply.body());
            } else {
                announce(length, response);
                try (OutputStream out = response.outputStream()) {
                    // In pieces: the server copies what it gets at once, so a client that does not read would hold a
                    // copy of all.
                    pass(stream == null ? new ByteArrayInputStream(reply.body()) : stream, length, out);
                }
            }
        }
    }

    private static void announce(long length, ServerResponse response) {
        if (length != Reply.UNKNOWN) {
            response.header("Content-Length", Long.toString(length));
        }
    }

    /** What a read gives is sent at once: a stream may be of events, of which the next comes much later or never. */
    private static void pass(InputStream in, long length, OutputStream out) throws IOException {
        byte[] buffer = new byte[STREAM_BUFFER];
        long left = length == Reply.UNKNOWN ? Long.MAX_VALUE : length;
        while (left > 0) {
            int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                break;
            }
            out.write(buffer, 0, count);
            out.flush();
            left -= count;
        }
        if (length != Reply.UNKNOWN && left > 0) {
            throw new IOException("a stream of " + length + " bytes ended " + left + " bytes before");
        }
    }
}
