package org.tlac.gateway.upstream;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webclient.api.HttpClientResponse;
import io.helidon.webclient.http1.Http1Client;
import io.helidon.webclient.http1.Http1ClientRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.slf4j.MDC;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Json;
import org.tlac.platform.http.Reply;

/**
 * The HTTP client to one of our services. Answers of every status come back as they are; only a service that cannot be reached, does
 * not answer in time or answers something that is not HTTP becomes an {@link ApiError} (503, 504, 502). Redirects are not followed.
 */
public final class ServiceClient implements AutoCloseable {

    /** An answer is read into one buffer while another still holds its last part. */
    private static final int BUFFER_FACTOR = 2;

    private static final byte[] NOTHING = {};

    private final Config config;
    private final Http1Client client;
    private final ServiceConnections connections;

    /**
     * How to reach a service.
     *
     * @param name what messages to clients call it: "The NAME is away."
     * @param base scheme, host and port
     * @param patience how long an exchange may take
     * @param streamIdle the longest pause in an answer that is read while it arrives
     * @param maxIdle connections that are kept for later
     * @param keepIdle for how long; shorter than the service keeps them
     * @param maxAnswerBytes a larger answer counts as broken
     */
    public record Config(
            String name,
            URI base,
            Duration connectTimeout,
            Patience patience,
            Duration streamIdle,
            int maxIdle,
            Duration keepIdle,
            int maxAnswerBytes) {

        /** The usual limits: 1 s to connect, 4.5 s to answer, 15 s of silence in a stream, 64 idle connections for 15 s, 16 MiB. */
        public static Config of(String name, URI base) {
            return new Config(
                    name,
                    base,
                    Duration.ofSeconds(1),
                    Patience.of(Duration.ofMillis(4500)),
                    Duration.ofSeconds(15),
                    64,
                    Duration.ofSeconds(15),
                    16 << 20);
        }

        public Config withPatience(Patience how) {
            return new Config(name, base, connectTimeout, how, streamIdle, maxIdle, keepIdle, maxAnswerBytes);
        }

        public Config withConnectTimeout(Duration timeout) {
            return new Config(name, base, timeout, patience, streamIdle, maxIdle, keepIdle, maxAnswerBytes);
        }

        public Config withStreamIdle(Duration longest) {
            return new Config(name, base, connectTimeout, patience, longest, maxIdle, keepIdle, maxAnswerBytes);
        }

        /** @param time zero keeps none */
        public Config withIdle(int most, Duration time) {
            return new Config(name, base, connectTimeout, patience, streamIdle, most, time, maxAnswerBytes);
        }

        public Config withMaxAnswerBytes(int bytes) {
            return new Config(name, base, connectTimeout, patience, streamIdle, maxIdle, keepIdle, bytes);
        }
    }

    /**
     * How long an exchange may take: connecting, sending and the whole answer, from its very beginning.
     *
     * @param silence given up after this time without an answer, unless the same replica answers others: then it is busy, not hung
     * @param whole given up after this time in any case
     */
    public record Patience(Duration silence, Duration whole) {

        static final Patience NONE = of(Duration.ZERO);

        public static Patience of(Duration whole) {
            return new Patience(whole, whole);
        }

        /** The same, but never longer than that. */
        public Patience atMost(Duration limit) {
            return limit.compareTo(whole) < 0 && limit.compareTo(silence) < 0 ? of(limit) : this;
        }
    }

    /**
     * What is sent.
     *
     * @param target path and query, already encoded: it is sent as it stands
     * @param repeatable whether sending it twice does no more than sending it once: then it is, when the connection had been closed
     */
    @SuppressWarnings("ArrayRecordComponent") // Requests are sent, never compared.
    public record Request(String method, String target, List<Reply.Header> headers, byte[] body, boolean repeatable) {

        public Request {
            headers = List.copyOf(headers);
        }

        public Request(String method, String target, List<Reply.Header> headers, byte[] body) {
            this(method, target, headers, body, method.equals("GET") || method.equals("HEAD"));
        }

        public static Request get(String target) {
            return new Request("GET", target, List.of(), NOTHING);
        }

        /** A POST of a value as JSON. */
        public static Request post(String target, Object value) {
            return new Request(
                    "POST", target, List.of(new Reply.Header("Content-Type", Reply.JSON_TYPE)), Json.write(value));
        }

        public Request with(String name, String value) {
            return with(new Reply.Header(name, value));
        }

        public Request with(Reply.Header... further) {
            Reply.Header[] all = headers.toArray(new Reply.Header[headers.size() + further.length]);
            System.arraycopy(further, 0, all, headers.size(), further.length);
            return new Request(method, target, List.of(all), body, repeatable);
        }

        /** The same, which does no harm when it arrives twice. */
        public Request asRepeatable() {
            return new Request(method, target, headers, body, true);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // Answers are read, never compared.
    public record Answer(int status, List<Reply.Header> headers, byte[] body) {

        public Answer {
            headers = List.copyOf(headers);
        }

        public Optional<String> header(String name) {
            return headers.stream()
                    .filter(header -> header.name().equalsIgnoreCase(name))
                    .map(Reply.Header::value)
                    .findFirst();
        }

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** An answer that is read while it arrives. A pause in it longer than allowed is an IOException. Closing it ends it. */
    public record Streamed(int status, List<Reply.Header> headers, InputStream body) {

        public Streamed {
            headers = List.copyOf(headers);
        }
    }

    /** @param watch looks after the connections until this is closed and the last exchange over */
    public ServiceClient(Config config, ConnectionWatch watch) {
        this.config = config;
        this.connections = new ServiceConnections(config);
        this.client = Http1Client.builder()
                .baseUri(config.base())
                .shareConnectionCache(false)
                // Every connection is given by hand; only the calls' heads and bodies are the client's.
                .relativeUris(true)
                .followRedirects(false)
                .sendExpectContinue(false)
                .build();
        watch.add(connections);
    }

    /** Closes what is idle; exchanges in progress end as they do, and their connections with them. */
    @Override
    public void close() {
        connections.close();
    }

    /** @throws ApiError 502, 503 or 504 when there is no answer to give back */
    public Answer send(Request request) {
        return send(request, System.nanoTime(), config.patience(), bytes -> {});
    }

    /**
     * Sends and reads the answer once there is room for it.
     *
     * @param start when the exchange began for whoever waits for it, by {@link System#nanoTime}
     * @param room told how many bytes of memory the answer's body will take; what it throws ends the exchange
     */
    public Answer send(Request request, long start, Patience patience, LongConsumer room) {
        return exchange(request, start, patience, (connection, response) -> {
            Answer answer =
                    new Answer(response.status().code(), headers(response), body(connection, response, request, room));
            response.close();
            return answer;
        });
    }

    /** Sends and gives back an answer of which only the head is there. @throws ApiError 502, 503 or 504 when there is none */
    public Streamed open(Request request) {
        return open(request, System.nanoTime(), config.patience());
    }

    /**
     * As {@link #open(Request)}.
     *
     * @param patience until the answer's head is there
     */
    public Streamed open(Request request, long start, Patience patience) {
        return exchange(request, start, patience, (connection, response) -> {
            List<Reply.Header> headers = headers(response);
            boolean empty = bodiless(response, request);
            connection.suspend();
            return new Streamed(
                    response.status().code(),
                    headers,
                    new AnswerStream(connection, response, config.streamIdle(), empty));
        });
    }

    /** What becomes of an answer whose head is there. */
    private interface Reading<T> {
        T read(ServiceConnection connection, HttpClientResponse response) throws IOException;
    }

    private <T> T exchange(Request request, long start, Patience patience, Reading<T> reading) {
        for (boolean again = false; true; again = true) {
            ServiceConnection connection = connection(start, patience, again);
            boolean well = false;
            try {
                T answer = reading.read(connection, sent(request, connection));
                well = true;
                return answer;
            } catch (ApiError refused) {
                throw refused;
            } catch (IOException | RuntimeException e) {
                // What a broken answer makes the client throw is not always an IOException.
                boolean stale = connection.used() && !connection.answered() && !connection.expired();
                if (again || !stale || !request.repeatable()) {
                    throw connection.expired() ? late(e) : failure(e);
                }
            } finally {
                if (!well) {
                    connection.closeResource();
                }
            }
        }
    }

    private ServiceConnection connection(long start, Patience patience, boolean fresh) {
        try {
            return connections.take(start, patience, fresh);
        } catch (RuntimeException e) {
            throw failure(e);
        }
    }

    private static List<Reply.Header> headers(HttpClientResponse response) {
        List<Reply.Header> headers = new ArrayList<>();
        for (Header header : response.headers()) {
            if (header.valueCount() == 1) {
                headers.add(new Reply.Header(header.name(), header.get()));
                continue;
            }
            for (String value : header.allValues()) {
                headers.add(new Reply.Header(header.name(), value));
            }
        }
        return headers;
    }

    /** The body of an answer as it arrives; whatever breaks it is an IOException, and closing gives the connection up. */
    private static final class AnswerStream extends InputStream {

        private final ServiceConnection connection;
        private final HttpClientResponse response;
        private final Duration longestPause;
        private final InputStream in;
        private boolean ended;

        AnswerStream(ServiceConnection connection, HttpClientResponse response, Duration longestPause, boolean empty) {
            this.connection = connection;
            this.response = response;
            this.longestPause = longestPause;
            this.in = empty ? InputStream.nullInputStream() : response.inputStream();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (ended) {
                return -1;
            }
            connection.resume(longestPause);
            try {
                int count = in.read(buffer, offset, length);
                ended = count < 0;
                connection.suspend();
                return count;
            } catch (RuntimeException e) {
                throw new IOException("The answer broke off", e);
            }
        }

        @Override
        public void close() {
            if (ended) {
                response.close();
            } else {
                connection.closeResource();
            }
        }
    }

    private HttpClientResponse sent(Request request, ServiceConnection connection) {
        Http1ClientRequest outgoing = client.method(Method.create(request.method()))
                .connection(connection)
                .skipUriEncoding(true)
                .path(request.target());
        for (Reply.Header header : request.headers()) {
            outgoing.headers().add(HeaderNames.create(header.name()), header.value());
        }
        String requestId = MDC.get("request_id");
        if (requestId != null) {
            outgoing.header(Call.REQUEST_ID, requestId);
        }
        return request.body().length == 0 ? outgoing.request() : outgoing.submit(request.body());
    }

    /** Answers that end with their head, whatever it says. Helidon would wait for the end of the connection after a bare 304. */
    private static boolean bodiless(HttpClientResponse response, Request request) {
        int status = response.status().code();
        return status == Status.NO_CONTENT_204.code()
                || status == Status.NOT_MODIFIED_304.code()
                || request.method().equals("HEAD")
                || !response.entity().hasEntity();
    }

    private byte[] body(ServiceConnection connection, HttpClientResponse response, Request request, LongConsumer room)
            throws IOException {
        if (bodiless(response, request)) {
            return NOTHING;
        }
        long length = response.headers().contentLength().orElse(config.maxAnswerBytes());
        if (length > config.maxAnswerBytes()) {
            throw tooLarge();
        }
        // Others hold that memory, which is not the service's fault.
        Duration left = connection.left();
        connection.suspend();
        room.accept(BUFFER_FACTOR * length);
        connection.resume(left);
        InputStream in = response.inputStream();
        return response.headers().contentLength().isPresent() ? whole(in, (int) length) : all(in);
    }

    /** A body of known length, in one array of that length. */
    private static byte[] whole(InputStream in, int length) throws IOException {
        byte[] body = new byte[length];
        if (in.readNBytes(body, 0, length) < length) {
            throw new IOException("the answer ended early");
        }
        // The client takes the connection for free only when it was told of the end.
        if (in.read() >= 0) {
            throw new IOException("the answer is longer than announced");
        }
        return body;
    }

    private byte[] all(InputStream in) throws IOException {
        byte[] body = in.readNBytes(config.maxAnswerBytes() + 1);
        if (body.length > config.maxAnswerBytes()) {
            throw tooLarge();
        }
        return body;
    }

    private IOException tooLarge() {
        return new IOException("answer larger than " + config.maxAnswerBytes() + " bytes");
    }

    private ApiError late(Exception e) {
        return ApiError.gatewayTimeout("The " + config.name() + " took too long to answer.", e);
    }

    private ApiError failure(Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException
                    || cause instanceof UnknownHostException
                    || cause instanceof NoRouteToHostException
                    || isConnectTimeout(cause)) {
                return ApiError.unavailable(
                        "The " + config.name() + " is away. Please try again shortly.", "upstream_unavailable", e);
            }
            if (cause instanceof SocketTimeoutException) {
                return late(e);
            }
        }
        return ApiError.badGateway("The " + config.name() + " gave no proper answer.", e);
    }

    private static boolean isConnectTimeout(Throwable cause) {
        return cause instanceof SocketTimeoutException
                && String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).startsWith("connect");
    }
}
