package org.tlac.platform.http;

import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Optional;

/** Answers probes and scrapes: the same table of routes, without identity, metrics and log lines. */
final class ManagementHandler implements Handler {

    private final Routes routes;

    ManagementHandler(Routes routes) {
        this.routes = routes;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        Reply reply = reply(request);
        response.status(reply.status());
        reply.headers().forEach(header -> response.header(header.name(), header.value()));
        response.send(reply.body());
    }

    private Reply reply(ServerRequest request) {
        try {
            Call call = new Call(request, "", Call.Bodies.NONE);
            List<String> path = RequestPath.parse(call.rawPath());
            Optional<Routes.Match> match = routes.find(call.method(), path);
            return match.orElseThrow(ApiError::notFound).route().handler().handle(call);
        } catch (Exception e) {
            return ErrorReply.render(e).reply();
        }
    }
}
