package org.tlac.gateway.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.tlac.gateway.edge.Session;
import org.tlac.gateway.upstream.RunnerReplicas.Replica;
import org.tlac.gateway.upstream.ServiceClient.Answer;
import org.tlac.gateway.upstream.ServiceClient.Request;
import org.tlac.gateway.upstream.ServiceClient.Streamed;
import org.tlac.gateway.upstream.Upstream;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Reply;

/**
 * Passes a call on to a service and its answer back. Of either side's headers only those named here get through, so that nobody outside
 * can speak to a service as the gateway does.
 */
final class Forwarder {

    /** The session's cookie, for the few routes that are about the session itself. */
    static final String SESSION = "X-Tlac-Session";

    /** What the gateways call the replica that is called. */
    static final String REPLICA = "X-Tlac-Replica";

    /** Where a reader of events left off. */
    private static final String LAST_EVENT = "Last-Event-ID";

    private static final int OK = 200;
    private static final int MAX_REFUSAL = 10_000;

    private static final List<String> TO_SERVICE =
            List.of("Content-Type", "Accept", "Accept-Language", "If-Match", "If-None-Match", "User-Agent");
    private static final Set<String> TO_CLIENT = Set.of(
            "content-type", "content-disposition", "retry-after", "allow", "etag", "cache-control", "set-cookie");

    private Forwarder() {}

    /**
     * Passes the call on as its signed-in user.
     *
     * @throws IllegalStateException when nobody is: the route demands nobody, and must say so by {@link #forwardAsGateway}
     */
    static Reply forward(Call call, Upstream service, boolean withSession) {
        Session session = session(call);
        Request request = request(call);
        return reply(service.asUser(
                withSession ? request.with(SESSION, session.cookie()) : request, session.token(), call::reserve));
    }

    /** Passes a signed-in user's call on to one replica and tells it what it is called. */
    static Reply forwardToReplica(Call call, Replica replica) {
        Request request = request(call).with(REPLICA, replica.name());
        return reply(replica.upstream().asUser(request, token(call), call::reserve));
    }

    /** As {@link #forwardToReplica}, for a call that waits for a program to begin. */
    static Reply runInReplica(Call call, Replica replica) {
        Request request = request(call).with(REPLICA, replica.name());
        return reply(replica.upstream().running().asUser(request, token(call), call::reserve));
    }

    /** Passes a signed-in user's call on, and its answer back while it arrives and by that way. */
    static Reply stream(Call call, Upstream service, UnaryOperator<InputStream> way) {
        Request request = request(call);
        Optional<String> last = call.header(LAST_EVENT);
        Streamed answer =
                service.openAsUser(last.isPresent() ? request.with(LAST_EVENT, last.get()) : request, token(call));
        List<Reply.Header> headers = forClient(answer.headers());
        if (answer.status() != OK) {
            return new Reply(answer.status(), headers, whole(answer.body()), null);
        }
        return Reply.stream(OK, headers, way.apply(answer.body()))
                // For a proxy before us, which would wait for more before it passes anything on.
                .with("X-Accel-Buffering", "no");
    }

    private static byte[] whole(InputStream body) {
        try (body) {
            return body.readNBytes(MAX_REFUSAL);
        } catch (IOException e) {
            throw ApiError.unavailable("The answer broke off. Please try again.", "upstream_invalid", e);
        }
    }

    private static Session session(Call call) {
        return Session.of(call)
                .orElseThrow(() -> new IllegalStateException("no session at a route that is passed on as its user"));
    }

    private static String token(Call call) {
        return session(call).token();
    }

    /** Passes the call on as the gateway itself, whoever is signed in: signing in and creating the first admin. */
    static Reply forwardAsGateway(Call call, Upstream service) {
        return reply(service.asGateway(request(call), call.clientAddress()));
    }

    private static Request request(Call call) {
        List<Reply.Header> headers = new ArrayList<>();
        for (String name : TO_SERVICE) {
            call.header(name).ifPresent(value -> headers.add(new Reply.Header(name, value)));
        }
        String method = call.method().equals("HEAD") ? "GET" : call.method();
        return new Request(method, target(call), headers, call.body());
    }

    private static String target(Call call) {
        String query = call.rawQuery();
        if (query.isEmpty()) {
            return call.rawPath();
        }
        // What is sent on must be read there as it was read here.
        if (!query.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != '#' && c != '\\')) {
            throw ApiError.badRequest("Malformed query.");
        }
        return call.rawPath() + "?" + query;
    }

    private static Reply reply(Answer answer) {
        return new Reply(answer.status(), forClient(answer.headers()), answer.body(), null);
    }

    private static List<Reply.Header> forClient(List<Reply.Header> headers) {
        return headers.stream()
                .filter(header -> TO_CLIENT.contains(header.name().toLowerCase(Locale.ROOT)))
                .toList();
    }
}
