package org.tlac.platform.http;

import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ErrorHandler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** Helidon's error handler for whatever a route throws: the contract's form of it, counted where it is a failure of ours. */
final class ErrorRenderer implements ErrorHandler<Exception> {

    private final HttpMetrics metrics;
    private final ReplyWriter replies;
    private final RefusalPage pages;

    ErrorRenderer(HttpMetrics metrics, ReplyWriter replies, RefusalPage pages) {
        this.metrics = metrics;
        this.replies = replies;
        this.pages = pages;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response, Exception failure) {
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        Call call = Call.of(request);
        ErrorReply.Rendered rendered = ErrorReply.render(failure);
        if (rendered.errorType() != null) {
            metrics.failed(rendered.errorType(), call.endpoint());
        }
        Reply reply = rendered.reply();
        try {
            replies.write(call, pages.instead(call, reply).orElse(reply), response);
        } catch (CloseConnectionException gone) {
            if (!response.isSent()) {
                throw gone;
            }
            // Thrown from here, Helidon would take it for a broken error handler, say so and try its own; the filter of
            // connections closes.
            response.headers().set(HeaderValues.CONNECTION_CLOSE);
        }
    }
}
