package org.tlac.gateway.proxy;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tlac.gateway.edge.Session;
import org.tlac.gateway.edge.Sessions;
import org.tlac.gateway.upstream.RunnerReplicas;
import org.tlac.gateway.upstream.RunnerReplicas.Replica;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Reply;

/** Programs that are talked to: each lives in one replica of the runner, whose name is the first part of the program's id. */
public final class PythonSessions {

    /** As the runner makes them: the replica's name, a dot, 192 random bits. Nothing else is passed on. */
    private static final Pattern ID = Pattern.compile("([0-9a-f]{16})\\.[A-Za-z0-9_-]{32}");

    private static final int AWAY = 503;

    private final RunnerReplicas replicas;
    private final Sessions sessions;
    private volatile boolean stopping;

    public PythonSessions(RunnerReplicas replicas, Sessions sessions) {
        this.replicas = replicas;
        this.sessions = sessions;
    }

    /** Starts one in the replica that is this user's; in another when that one cannot be reached and so runs nothing. */
    Reply start(Call call) {
        List<Replica> ours = replicas.forUser(call.caller().id());
        for (Replica replica : ours.subList(0, Math.max(0, ours.size() - 1))) {
            try {
                return Forwarder.runInReplica(call, replica);
            } catch (ApiError away) {
                if (away.status() != AWAY) {
                    throw away;
                }
            }
        }
        return Forwarder.runInReplica(
                call,
                ours.stream()
                        .reduce((first, last) -> last)
                        .orElseThrow(() -> ApiError.unavailable(
                                "The Python runner is away. Please try again shortly.", "upstream_unavailable", null)));
    }

    Reply pass(Call call) {
        return Forwarder.forward(call, replica(call).upstream(), false);
    }

    Reply events(Call call) {
        return Forwarder.stream(
                call, replica(call).upstream(), stream -> new LiveStream(stream, () -> stopping, () -> mayGoOn(call)));
    }

    /** A stream outlives the token it began with: whoever signs out, or is signed out, reads no further. */
    private boolean mayGoOn(Call call) {
        Optional<Session> session = Session.of(call);
        if (session.isEmpty()) {
            return false;
        }
        try {
            return sessions.resolve(session.get().cookie(), call.clientAddress())
                    .isPresent();
        } catch (ApiError e) {
            // Nobody can be asked at the moment; what was true is still believed.
            return true;
        }
    }

    private Replica replica(Call call) {
        Matcher id = ID.matcher(call.path("id"));
        return Optional.of(id)
                .filter(Matcher::matches)
                .flatMap(matched -> replicas.named(matched.group(1)))
                .orElseThrow(() -> ApiError.notFound("There is no such program, or it ended some time ago."));
    }

    /** Ends the streams that go through here, at their next heartbeat; their clients come back through another gateway. */
    public void endAll() {
        stopping = true;
    }
}
