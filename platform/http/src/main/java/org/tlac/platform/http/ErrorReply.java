package org.tlac.platform.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The only place that renders {@code {"detail": "..."}}, and that decides what a failure is to the client, the log and the metrics. */
public final class ErrorReply {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorReply.class);

    private ErrorReply() {}

    /** A failure's answer, and the error type to count it as; null when it is a refusal and nobody's failure. */
    record Rendered(Reply reply, @Nullable String errorType) {}

    static Rendered render(Throwable failure) {
        ApiError error = failure instanceof ApiError refusal ? refusal : Unavailable.asApiError(failure);
        if (error == null) {
            LOG.error("Unexpected failure", failure);
            return new Rendered(detail(500, "Something went wrong. Please try again."), "internal");
        }
        if (error.errorType() != null) {
            LOG.warn("{}: {}", error.detail(), String.valueOf(error.getCause()));
        }
        return new Rendered(reply(error), error.errorType());
    }

    private static Reply reply(ApiError error) {
        Object body = error.body();
        Reply reply = body == null ? detail(error.status(), error.detail()) : Reply.json(error.status(), body);
        if (!error.allow().isEmpty()) {
            reply = reply.with("Allow", String.join(", ", error.allow()));
        }
        if (error.retryAfter() != null) {
            // Whole seconds, rounded up: a client that waits exactly so long must not be refused again.
            long seconds = Math.max(1, error.retryAfter().plusNanos(999_999_999).toSeconds());
            reply = reply.with("Retry-After", Long.toString(seconds));
        }
        return reply;
    }

    /** For errors met before any route: what the server's own parser refuses. */
    static Reply detail(int status, String detail) {
        return Reply.json(status, Map.of("detail", detail));
    }
}
