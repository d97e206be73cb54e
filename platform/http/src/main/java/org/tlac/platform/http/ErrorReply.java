package org.tlac.platform.http;

import io.helidon.http.ForbiddenException;
import io.helidon.http.NotFoundException;
import io.helidon.http.UnauthorizedException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.platform.identity.KeysUnavailableException;
import org.tlac.platform.metrics.Unavailable;

/** The only place that renders {@code {"detail": "..."}}, and that decides what a failure is to the client, the log and the metrics. */
public final class ErrorReply {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorReply.class);

    private ErrorReply() {}

    /** A failure's answer, and the error type to count it as; null when it is a refusal and nobody's failure. */
    record Rendered(Reply reply, @Nullable String errorType) {}

    static Rendered render(Exception failure) {
        ApiError error = asApiError(failure);
        if (error == null) {
            LOG.error("Unexpected failure", failure);
            return new Rendered(detail(500, "Something went wrong. Please try again."), "internal");
        }
        if (error.errorType() != null) {
            LOG.warn("{}: {}", error.detail(), String.valueOf(error.getCause()));
        }
        return new Rendered(reply(error), error.errorType());
    }

    private static @Nullable ApiError asApiError(Exception failure) {
        return switch (failure) {
            case ApiError refusal -> refusal;
            // What Helidon's security throws.
            case UnauthorizedException nobody -> ApiError.notAuthenticated();
            case ForbiddenException other -> ApiError.forbidden();
            case NotFoundException none -> ApiError.notFound();
            case KeysUnavailableException away ->
                ApiError.unavailable(
                        "The sign-in service is away. Please try again shortly.", "upstream_unavailable", failure);
            case Unavailable part
            when part.unavailable() -> ApiError.unavailable(part.detail(), part.errorType(), failure);
            default -> null;
        };
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
