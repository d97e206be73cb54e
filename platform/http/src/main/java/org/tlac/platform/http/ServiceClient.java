package org.tlac.platform.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webclient.api.HttpClientResponse;
import io.helidon.webclient.http1.Http1Client;
import io.helidon.webclient.http1.Http1ClientRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.slf4j.MDC;

/**
 * The HTTP client to one of our services. Answers of every status come back as they are; only a service that cannot be reached, does
 * not answer in time or answers something that is not HTTP becomes an {@link ApiError} (503, 504, 502). Redirects are not followed.
 */
public final class ServiceClient {

    /** An answer is read into one buffer while another still holds its last part. */
    private static final int BUFFER_FACTOR = 2;

    private final Config config;
    private final Http1Client client;

    /**
     * How to reach a service.
     *
     * @param name what messages to clients call it: "The NAME is away."
     * @param base scheme, host and port
     * @param readTimeout the longest pause in an answer
     * @param maxAnswerBytes a larger answer counts as broken
     */
    public record Config(
            String name,
            URI base,
            Duration connectTimeout,
            Duration readTimeout,
            int maxConnections,
            int maxAnswerBytes) {

        /** The usual limits: 1 s to connect, 30 s to answer, 32 pooled connections, 16 MiB. */
        public static Config of(String name, URI base) {
            return new Config(name, base, Duration.ofSeconds(1), Duration.ofSeconds(30), 32, 16 << 20);
        }

        public Config withReadTimeout(Duration timeout) {
            return new Config(name, base, connectTimeout, timeout, maxConnections, maxAnswerBytes);
        }
    }

    /** @param target path and query, already encoded: it is sent as it stands */
    @SuppressWarnings("ArrayRecordComponent") // Requests are sent, never compared.
    public record Request(String method, String target, List<Reply.Header> headers, byte[] body) {

        public Request {
            headers = List.copyOf(headers);
        }

        public static Request get(String target) {
            return new Request("GET", target, List.of(), new byte[0]);
        }

        /** A POST of a value as JSON. */
        public static Request post(String target, Object value) {
            return new Request(
                    "POST", target, List.of(new Reply.Header("Content-Type", Reply.JSON_TYPE)), Json.write(value));
        }

        public Request with(String name, String value) {
            List<Reply.Header> more = new ArrayList<>(headers);
            more.add(new Reply.Header(name, value));
            return new Request(method, target, more, body);
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

    /** An answer that is read while it arrives. A pause in it longer than the read timeout is an IOException. Closing it ends it. */
    public record Streamed(int status, List<Reply.Header> headers, InputStream body) {

        public Streamed {
            headers = List.copyOf(headers);
        }
    }

    public ServiceClient(Config config) {
        this.config = config;
        this.client = Http1Client.builder()
                .baseUri(config.base())
                .dnsResolver(new NextReplica(InetAddress::getAllByName))
                .shareConnectionCache(false)
                .connectionCacheSize(config.maxConnections())
                .connectTimeout(config.connectTimeout())
                .readTimeout(config.readTimeout())
                .followRedirects(false)
                .sendExpectContinue(false)
                .build();
    }

    /** @throws ApiError 502, 503 or 504 when there is no answer to give back */
    public Answer send(Request request) {
        return send(request, bytes -> {});
    }

    /**
     * Sends and reads the answer once there is room for it.
     *
     * @param room told how many bytes of memory the answer's body will take; what it throws ends the exchange
     */
    public Answer send(Request request, LongConsumer room) {
        try (HttpClientResponse response = exchange(request)) {
            if (response.entity().hasEntity()) {
                long length = response.headers().contentLength().orElse(config.maxAnswerBytes());
                room.accept(BUFFER_FACTOR * Math.min(length, config.maxAnswerBytes()));
            }
            return new Answer(response.status().code(), headers(response), body(response));
        } catch (ApiError refused) {
            throw refused;
        } catch (IOException | RuntimeException e) {
            // What a broken answer makes the client throw is not always an IOException.
            throw failure(e);
        }
    }

    /** Sends and gives back an answer of which only the head is there. @throws ApiError 502, 503 or 504 when there is none */
    public Streamed open(Request request) {
        try {
            HttpClientResponse response = exchange(request);
            return new Streamed(response.status().code(), headers(response), new AnswerStream(response));
        } catch (RuntimeException e) {
            throw failure(e);
        }
    }

    private static List<Reply.Header> headers(HttpClientResponse response) {
        List<Reply.Header> headers = new ArrayList<>();
        for (Header header : response.headers()) {
            for (String value : header.allValues()) {
                headers.add(new Reply.Header(header.name(), value));
            }
        }
        return headers;
    }

    /** The body of an answer as it arrives; whatever breaks it is an IOException, and closing gives the connection up. */
    private static final class AnswerStream extends InputStream {

        private final HttpClientResponse response;
        private final InputStream in;

        AnswerStream(HttpClientResponse response) {
            this.response = response;
            this.in = response.entity().hasEntity() ? response.inputStream() : InputStream.nullInputStream();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            try {
                return in.read(buffer, offset, length);
            } catch (RuntimeException e) {
                throw new IOException("The answer broke off", e);
            }
        }

        @Override
        public void close() {
            response.close();
        }
    }

    private HttpClientResponse exchange(Request request) {
        Http1ClientRequest outgoing = client.method(Method.create(request.method()))
                .skipUriEncoding(true)
                .path(request.target());
        for (Reply.Header header : request.headers()) {
            outgoing.headers(headers -> headers.add(HeaderNames.create(header.name()), header.value()));
        }
        String requestId = MDC.get("request_id");
        if (requestId != null) {
            outgoing.header(HeaderNames.create(Dispatcher.REQUEST_ID), requestId);
        }
        return request.body().length == 0 ? outgoing.request() : outgoing.submit(request.body());
    }

    private byte[] body(HttpClientResponse response) throws IOException {
        if (!response.entity().hasEntity()) {
            return new byte[0];
        }
        try (InputStream in = response.inputStream()) {
            byte[] body = in.readNBytes(config.maxAnswerBytes() + 1);
            if (body.length > config.maxAnswerBytes()) {
                throw new IOException("answer larger than " + config.maxAnswerBytes() + " bytes");
            }
            return body;
        }
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
                return ApiError.gatewayTimeout("The " + config.name() + " took too long to answer.", e);
            }
        }
        return ApiError.badGateway("The " + config.name() + " gave no proper answer.", e);
    }

    private static boolean isConnectTimeout(Throwable cause) {
        return cause instanceof SocketTimeoutException
                && String.valueOf(cause.getMessage())
                        .toLowerCase(java.util.Locale.ROOT)
                        .startsWith("connect");
    }
}
