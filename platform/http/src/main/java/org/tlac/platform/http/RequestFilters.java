package org.tlac.platform.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpFeature;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * What every request of a public listener goes through before it is routed, outermost first: its connection is told, it gets an id, it is
 * logged, it is measured, and its form is checked. A filter never throws a refusal: those outside it would not see the status.
 */
final class RequestFilters implements HttpFeature {

    private static final Logger ACCESS = LoggerFactory.getLogger(JsonLines.ACCESS);
    private static final String REQUEST_ID_IN_LOGS = "request_id";
    private static final long SLOW_MILLIS = 1000;
    private static final Pattern REQUEST_ID_FORM = Pattern.compile("[A-Za-z0-9-]{8,64}");

    private final Listener listener;
    private final HttpMetrics metrics;
    private final InFlight inFlight;
    private final ErrorRenderer errors;

    RequestFilters(Listener listener, HttpMetrics metrics, InFlight inFlight, ErrorRenderer errors) {
        this.listener = listener;
        this.metrics = metrics;
        this.inFlight = inFlight;
        this.errors = errors;
    }

    @Override
    public void setup(HttpRouting.Builder routing) {
        routing.addFilter(connection())
                .addFilter(RequestFilters::answerProbe)
                .addFilter(this::identify)
                .addFilter(this::log)
                .addFilter(this::measure)
                .addFilter(this::checkForm);
    }

    /** Tells the connection when a call begins and ends, and ends it where the answer announced that. Also for management listeners. */
    static Filter connection() {
        return (chain, request, response) -> Connection.answering(() -> {
            chain.proceed();
            if (response.headers().contains(HeaderValues.CONNECTION_CLOSE)) {
                // A stream's last chunk, which is sent after the filters otherwise.
                response.commit();
                // The server announces the end but waits for the client to act on it.
                throw new CloseConnectionException("announced");
            }
        });
    }

    /** For {@link ListenerProbe}, as often as it likes: without counting or logging it. */
    private static void answerProbe(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        if (!request.prologue().uriPath().rawPath().equals(ListenerProbe.PATH)) {
            chain.proceed();
            return;
        }
        response.status(Status.NO_CONTENT_204);
        response.header(HeaderValues.CONNECTION_CLOSE);
        response.send();
    }

    private void identify(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        String id = requestId(request);
        Call call = new Call(request, id, listener);
        request.context().register(call);
        MDC.put(REQUEST_ID_IN_LOGS, id);
        try {
            chain.proceed();
        } finally {
            call.release();
            MDC.remove(REQUEST_ID_IN_LOGS);
        }
    }

    private String requestId(RoutingRequest request) {
        return Optional.of(request)
                .filter(ours -> !listener.edge())
                .flatMap(ours -> ours.headers().first(Call.REQUEST_ID))
                .filter(id -> REQUEST_ID_FORM.matcher(id).matches())
                .orElseGet(RequestFilters::newRequestId);
    }

    /** Finds a call in logs; it guards nothing, so it need not be hard to guess. */
    private static String newRequestId() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    /** What the gateway has logged of a call is not said again behind it, unless it went wrong here or took long: there the id is enough. */
    private void log(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        long start = System.nanoTime();
        try {
            chain.proceed();
        } finally {
            Call call = Call.of(request);
            int status = response.status().code();
            long millis = (System.nanoTime() - start) / 1_000_000;
            LoggingEventBuilder line = ACCESS.atInfo();
            if (listener.edge() || status >= 500 || millis >= SLOW_MILLIS) {
                line = line.addKeyValue("method", call.method()).addKeyValue("endpoint", call.endpoint());
            }
            line.addKeyValue("status", status).addKeyValue("ms", millis).log();
        }
    }

    private void measure(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        long start = System.nanoTime();
        inFlight.enter();
        Call call = Call.of(request);
        try {
            chain.proceed();
        } finally {
            call.place().close();
            inFlight.leave();
            if (!call.routed()) {
                metrics.started(call.method(), call.endpoint());
            }
            // How long a stream lasts is its content's affair: the service was as quick as its first byte.
            long end = call.streamingSince().orElseGet(System::nanoTime);
            metrics.finished(call.method(), call.endpoint(), response.status().code(), Duration.ofNanos(end - start));
        }
    }

    private void checkForm(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        try {
            // Helidon reads the chunk size "+1" as 1. Where another proxy stands before us and reads it otherwise, a
            // second request could hide in the first; a body of announced length leaves nothing to read in two ways.
            if (listener.edge() && request.headers().contains(HeaderNames.TRANSFER_ENCODING)) {
                throw ApiError.lengthRequired();
            }
            RequestPath.check(request.prologue().uriPath().rawPath());
        } catch (ApiError refusal) {
            errors.handle(request, response, refusal);
            return;
        }
        chain.proceed();
    }
}
