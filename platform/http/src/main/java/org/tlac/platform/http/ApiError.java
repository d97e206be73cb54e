package org.tlac.platform.http;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A refusal: the only error that crosses layers on its way to a client. {@link ErrorReply} turns it, and everything unexpected, into
 * {@code {"detail": "..."}}. The detail is read by clients and pupils: whole sentences, nothing internal.
 */
public final class ApiError extends RuntimeException {

    private static final Duration SOON = Duration.ofSeconds(2);

    private final int status;
    private final @Nullable Duration retryAfter;
    private final List<String> allow;
    private final @Nullable String errorType;
    private final @Nullable Object body;

    private ApiError(
            int status,
            String detail,
            @Nullable Duration retryAfter,
            List<String> allow,
            @Nullable String errorType,
            @Nullable Object body,
            @Nullable Throwable cause) {
        super(detail, cause);
        this.status = status;
        this.retryAfter = retryAfter;
        this.allow = List.copyOf(allow);
        this.errorType = errorType;
        this.body = body;
    }

    private static ApiError of(int status, String detail) {
        return new ApiError(status, detail, null, List.of(), null, null, null);
    }

    public static ApiError badRequest(String detail) {
        return of(400, detail);
    }

    public static ApiError notAuthenticated() {
        return of(401, "Not authenticated.");
    }

    public static ApiError unauthorized(String detail) {
        return of(401, detail);
    }

    public static ApiError forbidden() {
        return of(403, "Not allowed.");
    }

    public static ApiError forbidden(String detail) {
        return of(403, detail);
    }

    public static ApiError notFound() {
        return of(404, "Not found.");
    }

    public static ApiError notFound(String detail) {
        return of(404, detail);
    }

    /** @param allow the methods that this path does answer */
    static ApiError methodNotAllowed(List<String> allow) {
        return new ApiError(405, "Method not allowed.", null, allow, null, null, null);
    }

    public static ApiError conflict(String detail) {
        return of(409, detail);
    }

    /** @param body the answer in place of {@code {"detail"}}; it must carry a {@code detail} itself */
    public static ApiError conflict(String detail, Object body) {
        return new ApiError(409, detail, null, List.of(), null, body, null);
    }

    static ApiError lengthRequired() {
        return of(411, "Send the body with a Content-Length.");
    }

    public static ApiError tooLarge(String detail) {
        return of(413, detail);
    }

    public static ApiError unsupportedMediaType(String detail) {
        return of(415, detail);
    }

    public static ApiError tooManyRequests(String detail, Duration retryAfter) {
        return new ApiError(429, detail, retryAfter, List.of(), null, null, null);
    }

    /** Something this answer needs is away for the moment; counted under that error type. */
    public static ApiError unavailable(String detail, String errorType, @Nullable Throwable cause) {
        return new ApiError(503, detail, SOON, List.of(), errorType, null, cause);
    }

    /** Refused for now by design, as a full queue is: no failure, not counted as one. */
    public static ApiError busy(String detail, Duration retryAfter) {
        return new ApiError(503, detail, retryAfter, List.of(), null, null, null);
    }

    public static ApiError badGateway(String detail, Throwable cause) {
        return new ApiError(502, detail, SOON, List.of(), "upstream_invalid", null, cause);
    }

    public static ApiError gatewayTimeout(String detail, Throwable cause) {
        return new ApiError(504, detail, SOON, List.of(), "upstream_timeout", null, cause);
    }

    /** Whether a service behind us failed: it is away, too late, or answers nothing that can be understood. */
    public boolean ofService() {
        return errorType != null && errorType.startsWith("upstream_");
    }

    public int status() {
        return status;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }

    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }

    List<String> allow() {
        return allow;
    }

    /** Which kind of failure to count it as; null for a refusal that is nobody's failure. */
    @Nullable
    String errorType() {
        return errorType;
    }

    @Nullable
    Object body() {
        return body;
    }
}
