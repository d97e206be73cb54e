package org.tlac.platform.http;

import io.helidon.http.HttpPrologue;
import io.helidon.http.Method;
import io.helidon.http.PathMatcher;
import io.helidon.http.PathMatchers;
import io.helidon.webserver.http.HttpFeature;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.SecureHandler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Registers a table of routes on Helidon's routing, each row with its rule of access, and behind the last one the answers 404 and 405.
 * Deny by default: a row without a rule cannot be made, and nothing is routed that is no row.
 */
final class RoutesFeature implements HttpFeature {

    private final List<Row> rows = new ArrayList<>();
    private final HttpMetrics metrics;
    private final ReplyWriter replies;

    private record Row(Route route, PathMatcher path) {}

    RoutesFeature(Routes routes, HttpMetrics metrics, ReplyWriter replies) {
        this.metrics = metrics;
        this.replies = replies;
        for (Route route : routes.table()) {
            metrics.expect(route);
            rows.add(new Row(route, PathMatchers.create(route.template())));
        }
    }

    @Override
    public void setup(HttpRouting.Builder routing) {
        for (Row row : rows) {
            // One handler with everything in it: Helidon matches the path anew for each handler of a route.
            routing.route(methods(row.route()), row.path(), handler(row.route()));
        }
        routing.any(this::refuse);
    }

    /** HEAD is answered by GET's route. */
    static Predicate<Method> methods(Route route) {
        Method method = Method.create(route.method());
        return Method.GET.equals(method) ? Method.predicate(Method.GET, Method.HEAD) : Method.predicate(method);
    }

    private io.helidon.webserver.http.Handler handler(Route route) {
        io.helidon.webserver.http.Handler answer = (request, response) -> {
            Call call = Call.of(request);
            if (call.reserved() && route.access() != Access.ANYONE && route.access() != Access.ADMIN) {
                throw CallPlace.overload();
            }
            replies.write(call, route.handler().handle(call), response);
        };
        io.helidon.webserver.http.Handler secured = secured(route.access(), answer);
        return (request, response) -> {
            begin(Call.of(request), route);
            secured.handle(request, response);
        };
    }

    private static io.helidon.webserver.http.Handler secured(Access access, io.helidon.webserver.http.Handler answer) {
        if (access == Access.ANYONE) {
            return answer;
        }
        return SecureHandler.authenticate().andAuthorize(access.roles()).wrap(answer);
    }

    private void begin(Call call, Route route) {
        call.matched(route);
        metrics.started(call.method(), route.endpoint());
        call.place().take(call);
    }

    private void refuse(ServerRequest request, ServerResponse response) {
        HttpPrologue prologue = request.prologue();
        List<Route> others = rows.stream()
                .filter(row -> row.path().match(prologue.uriPath()).accepted())
                .map(Row::route)
                .toList();
        Call call = Call.of(request);
        if (others.isEmpty()) {
            call.place().take(call);
            throw ApiError.notFound();
        }
        begin(call, others.getFirst());
        throw ApiError.methodNotAllowed(Routes.methods(others));
    }
}
