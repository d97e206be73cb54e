package org.tlac.platform.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The way of every request through a listener: path, route, identity, access, guards, handler, answer; measured and logged around it.
 */
final class Dispatcher implements io.helidon.webserver.http.Handler {

    static final String REQUEST_ID = "X-Request-Id";

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final Logger ACCESS = LoggerFactory.getLogger(JsonLines.ACCESS);
    private static final String REQUEST_ID_IN_LOGS = "request_id";
    private static final int STREAM_BUFFER = 16 << 10;
    private static final long SLOW_MILLIS = 1000;
    private static final Pattern REQUEST_ID_FORM = Pattern.compile("[A-Za-z0-9-]{8,64}");

    private final Routes routes;
    private final Listener listener;
    private final HttpMetrics metrics;
    private final InFlight inFlight;

    /**
     * What a listener's calls have in common.
     *
     * @param connections that they come by
     * @param edge whether strangers connect here: their request ids are not believed, and they announce a body's length or send none
     * @param headers set on every answer that does not set them itself
     * @param refusals what browsers get in place of JSON
     */
    record Listener(
            Connections connections,
            Authentication authentication,
            List<Guard> guards,
            boolean edge,
            List<Header> headers,
            RefusalPage refusals,
            Call.Bodies bodies) {}

    Dispatcher(Routes routes, Listener listener, HttpMetrics metrics, InFlight inFlight) {
        this.routes = routes;
        this.listener = listener;
        this.metrics = metrics;
        this.inFlight = inFlight;
        routes.table().forEach(metrics::expect);
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        Connection.answering(() -> {
            if (request.prologue().uriPath().rawPath().equals(ListenerProbe.PATH)) {
                answerProbe(response);
            } else {
                serve(request, response);
            }
        });
    }

    /** For {@link ListenerProbe}, as often as it likes: without counting or logging it. */
    private static void answerProbe(ServerResponse response) {
        response.status(Status.NO_CONTENT_204);
        response.header(HeaderValues.CONNECTION_CLOSE);
        response.send();
        throw new CloseConnectionException("announced");
    }

    private void serve(ServerRequest request, ServerResponse response) {
        long start = System.nanoTime();
        Call call = new Call(request, requestId(request), listener.bodies());
        MDC.put(REQUEST_ID_IN_LOGS, call.requestId());
        Target target = target(call);
        String endpoint = target.endpoint();
        int status = 0;
        long streaming = 0;
        metrics.started(call.method(), endpoint);
        inFlight.enter();
        CallPlace place = new CallPlace(listener.connections());
        try {
            Reply reply = answer(call, target, endpoint, place);
            status = reply.status();
            if (reply.stream() != null && reply.length() == Reply.UNKNOWN) {
                // It may go on for an hour, and holds little: what bounds it is the number of connections.
                streaming = System.nanoTime();
                place.close();
            }
            send(call, reply, response);
        } finally {
            place.close();
            call.release();
            inFlight.leave();
            // How long a stream lasts is its content's affair: the service was as quick as its first byte.
            long end = streaming == 0 ? System.nanoTime() : streaming;
            metrics.finished(call.method(), endpoint, status, Duration.ofNanos(end - start));
            log(call, endpoint, status, start);
            MDC.remove(REQUEST_ID_IN_LOGS);
        }
    }

    /** Where a call leads: to a route, or to a refusal that is known before anybody is asked who they are. */
    private sealed interface Target {
        String endpoint();

        record Found(Routes.Match match) implements Target {
            @Override
            public String endpoint() {
                return match.route().endpoint();
            }
        }

        record Refused(ApiError error, String endpoint) implements Target {}
    }

    private Target target(Call call) {
        // Helidon reads the chunk size "+1" as 1. Where another proxy stands before us and reads it otherwise, a
        // second request could hide in the first; a body of announced length leaves nothing to read in two ways.
        if (listener.edge() && call.header("Transfer-Encoding").isPresent()) {
            return new Target.Refused(ApiError.lengthRequired(), HttpMetrics.UNMATCHED);
        }
        List<String> path;
        try {
            path = RequestPath.parse(call.rawPath());
        } catch (ApiError error) {
            return new Target.Refused(error, HttpMetrics.UNMATCHED);
        }
        Optional<Routes.Match> match = routes.find(call.method(), path);
        if (match.isPresent()) {
            return new Target.Found(match.get());
        }
        List<Route> others = routes.at(path);
        return others.isEmpty()
                ? new Target.Refused(ApiError.notFound(), HttpMetrics.UNMATCHED)
                : new Target.Refused(
                        ApiError.methodNotAllowed(Routes.methods(others)),
                        others.getFirst().endpoint());
    }

    private Reply answer(Call call, Target target, String endpoint, CallPlace place) {
        try {
            place.take(call);
            call.placed(place);
            return switch (target) {
                case Target.Refused refused -> throw refused.error();
                case Target.Found found -> call(call, found.match());
            };
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            ErrorReply.Rendered rendered = ErrorReply.render(e);
            if (rendered.errorType() != null) {
                metrics.failed(rendered.errorType(), endpoint);
            }
            return listener.refusals().instead(call, rendered.reply()).orElse(rendered.reply());
        }
    }

    private Reply call(Call call, Routes.Match match) throws Exception {
        Route route = match.route();
        call.matched(match.parameters(), route.maxBody());
        call.identifiedBy(listener.authentication());
        if (route.access() != Access.ANYONE) {
            route.access().check(call.identity());
        }
        if (call.reserved() && route.access() != Access.ANYONE && route.access() != Access.ADMIN) {
            throw CallPlace.overload();
        }
        for (Guard guard : listener.guards()) {
            guard.check(call, route);
        }
        return route.handler().handle(call);
    }

    private void send(Call call, Reply reply, ServerResponse response) {
        response.status(reply.status());
        listener.headers().forEach(response::header);
        for (Reply.Header header : reply.headers()) {
            // add, not set: an answer may set several cookies.
            if (header.name().equalsIgnoreCase("Set-Cookie")) {
                response.headers().add(HeaderNames.SET_COOKIE, header.value());
            } else {
                response.header(header.name(), header.value());
            }
        }
        response.header(REQUEST_ID, call.requestId());
        boolean closes = call.closes();
        if (closes) {
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
        try {
            write(call, reply, response);
        } catch (IOException | RuntimeException e) {
            // Part of it has left: nothing can be said any more. Mostly the client is gone, which is no news.
            LOG.debug("An answer did not leave", e);
            throw new CloseConnectionException("an answer did not leave", e);
        }
        if (closes) {
            if (response instanceof RoutingResponse routed) {
                // A stream's last chunk, which is sent after the handlers otherwise.
                routed.commit();
            }
            // The server announces the end but waits for the client to act on it.
            throw new CloseConnectionException("announced");
        }
    }

    private static void write(Call call, Reply reply, ServerResponse response) throws IOException {
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

    private String requestId(ServerRequest request) {
        return Optional.of(request)
                .filter(ours -> !listener.edge())
                .flatMap(ours -> ours.headers().first(HeaderNames.create(REQUEST_ID)))
                .filter(id -> REQUEST_ID_FORM.matcher(id).matches())
                .orElseGet(() -> newRequestId());
    }

    /** Finds a call in logs; it guards nothing, so it need not be hard to guess. */
    private static String newRequestId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return HexFormat.of().toHexDigits(random.nextLong());
    }

    /** What the gateway has logged of a call is not said again behind it, unless it went wrong here or took long: there the id is enough. */
    private void log(Call call, String endpoint, int status, long start) {
        long millis = (System.nanoTime() - start) / 1_000_000;
        LoggingEventBuilder line = ACCESS.atInfo();
        if (listener.edge() || status >= 500 || millis >= SLOW_MILLIS) {
            line = line.addKeyValue("method", call.method()).addKeyValue("endpoint", endpoint);
        }
        line.addKeyValue("status", status).addKeyValue("ms", millis).log();
    }
}
