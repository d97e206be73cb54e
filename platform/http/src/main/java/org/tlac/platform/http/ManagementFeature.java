package org.tlac.platform.http;

import io.helidon.http.HeaderValues;
import io.helidon.http.PathMatchers;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpFeature;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/**
 * The management listener's routing: probes, scrapes and what replicas tell each other. They are not the service's work, so they are neither
 * counted nor logged, and nobody signs in here.
 */
final class ManagementFeature implements HttpFeature {

    private final Routes routes;
    private final Listener listener;
    private final ReplyWriter replies = new ReplyWriter(List.of());

    ManagementFeature(Routes routes, Connections connections) {
        this.routes = routes;
        this.listener = new Listener(connections, Authentication.NONE, false, Call.Bodies.NONE);
    }

    @Override
    public void setup(HttpRouting.Builder routing) {
        routing.addFilter(RequestFilters.connection()).addFilter(this::begin).error(Exception.class, this::refuse);
        for (Route route : routes.table()) {
            routing.route(RoutesFeature.methods(route), PathMatchers.create(route.template()), (request, response) -> {
                Call call = Call.of(request);
                call.matched(route);
                replies.write(call, route.handler().handle(call), response);
            });
        }
    }

    private void refuse(ServerRequest request, ServerResponse response, Exception failure) {
        replies.write(Call.of(request), ErrorReply.render(failure).reply(), response);
    }

    private void begin(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        Call call = new Call(request, "", listener);
        request.context().register(call);
        if (call.closes()) {
            // Helidon's own handlers do not say so.
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
        try {
            RequestPath.check(call.rawPath());
        } catch (ApiError refusal) {
            refuse(request, response, refusal);
            return;
        }
        chain.proceed();
    }
}
