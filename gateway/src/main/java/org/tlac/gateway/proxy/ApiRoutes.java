package org.tlac.gateway.proxy;

import static org.tlac.gateway.edge.LimitClass.MARKS;
import static org.tlac.gateway.edge.LimitClass.NONE;
import static org.tlac.gateway.edge.LimitClass.OTHER;
import static org.tlac.gateway.edge.LimitClass.RUNS;
import static org.tlac.gateway.edge.LimitClass.SAVES;
import static org.tlac.platform.http.Access.ADMIN;
import static org.tlac.platform.http.Access.ANYONE;
import static org.tlac.platform.http.Access.SIGNED_IN;
import static org.tlac.platform.http.Access.TEACHER;

import org.tlac.gateway.edge.LimitClass;
import org.tlac.gateway.edge.RateLimits;
import org.tlac.gateway.edge.Session;
import org.tlac.gateway.edge.Sessions;
import org.tlac.gateway.upstream.Upstream;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.Handler;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;

/** The one table that says which service answers which call of the API, who may call it, and which limit it counts towards. */
public final class ApiRoutes {

    /** Bytes of a body with a name and a password: whoever has not signed in sends nothing larger. */
    private static final int MAX_CREDENTIALS = 16 << 10;

    private final Upstream auth;
    private final Upstream activity;
    private final Upstream runner;
    private final Upstream backup;
    private final Sessions sessions;
    private final PythonSessions pythonSessions;
    private final PythonQueue pythonQueue;
    private final RateLimits limits;

    public ApiRoutes(
            Upstream auth,
            Upstream activity,
            Upstream runner,
            Upstream backup,
            Sessions sessions,
            PythonSessions pythonSessions,
            PythonQueue pythonQueue,
            RateLimits limits) {
        this.auth = auth;
        this.activity = activity;
        this.runner = runner;
        this.backup = backup;
        this.sessions = sessions;
        this.pythonSessions = pythonSessions;
        this.pythonQueue = pythonQueue;
        this.limits = limits;
    }

    public Routes routes() {
        return Routes.of(
                row("POST", "/api/auth/login", ANYONE, NONE, asGateway(auth)).bodyAtMost(MAX_CREDENTIALS),
                row("POST", "/api/admin/bootstrap", ANYONE, NONE, asGateway(auth))
                        .bodyAtMost(MAX_CREDENTIALS),
                row("GET", "/api/auth/me", SIGNED_IN, OTHER, withSession(auth)),
                row("POST", "/api/auth/logout", SIGNED_IN, NONE, endingSession(auth)),
                row("POST", "/api/auth/password", SIGNED_IN, OTHER, changingAccounts(withSession(auth))),
                row("GET", "/api/teacher/users", TEACHER, OTHER, to(auth)),
                row("GET", "/api/admin/users", ADMIN, OTHER, to(auth)),
                row("POST", "/api/admin/users", ADMIN, OTHER, changingAccounts(to(auth))),
                row("GET", "/api/activity/state", SIGNED_IN, OTHER, to(activity)),
                row("GET", "/api/activity/state/{lesson_id}/{activity_id}", SIGNED_IN, OTHER, to(activity)),
                row("POST", "/api/activity/state/{lesson_id}/{activity_id}", SIGNED_IN, SAVES, to(activity)),
                row("GET", "/api/pupil/feedback/{lesson_id}", SIGNED_IN, OTHER, to(activity)),
                row("GET", "/api/teacher/revisions", TEACHER, OTHER, to(activity)),
                row("POST", "/api/teacher/mark", TEACHER, MARKS, to(activity)),
                row("POST", "/api/teacher/answer-mark", TEACHER, MARKS, to(activity)),
                row("POST", "/api/teacher/feedback", TEACHER, MARKS, to(activity)),
                row("DELETE", "/api/teacher/feedback/{id}", TEACHER, MARKS, to(activity)),
                row("POST", "/api/python/run", SIGNED_IN, RUNS, to(runner.running())),
                row("POST", "/api/python/session", SIGNED_IN, RUNS, pythonSessions::start),
                row("GET", "/api/python/session/{id}/events", SIGNED_IN, OTHER, pythonSessions::events),
                row("POST", "/api/python/session/{id}/input", SIGNED_IN, OTHER, pythonSessions::pass),
                row("DELETE", "/api/python/session/{id}", SIGNED_IN, OTHER, pythonSessions::pass),
                row("POST", "/api/python/check", SIGNED_IN, RUNS, to(runner.running())),
                row("GET", "/api/python/queue", SIGNED_IN, OTHER, pythonQueue::standing),
                row("GET", "/api/python/diagnostics", TEACHER, OTHER, to(runner)),
                row("GET", "/api/admin/backups", ADMIN, OTHER, to(backup)),
                row("POST", "/api/admin/backups", ADMIN, OTHER, to(backup)),
                row("GET", "/api/admin/backups/{id}", ADMIN, OTHER, to(backup)),
                row("POST", "/api/admin/backups/{id}/verify", ADMIN, OTHER, to(backup)));
    }

    private Route row(String method, String template, Access access, LimitClass limit, Handler handler) {
        return limits.counted(limit, Route.of(method, template, access, handler));
    }

    private static Handler to(Upstream service) {
        return call -> Forwarder.forward(call, service, false);
    }

    private static Handler withSession(Upstream service) {
        return call -> Forwarder.forward(call, service, true);
    }

    private static Handler asGateway(Upstream service) {
        return call -> Forwarder.forwardAsGateway(call, service);
    }

    private Handler endingSession(Upstream service) {
        return call -> {
            Reply reply = Forwarder.forward(call, service, true);
            Session.of(call).ifPresent(ended -> sessions.forget(ended.cookie()));
            return reply;
        };
    }

    private Handler changingAccounts(Handler change) {
        return call -> {
            Reply reply = change.handle(call);
            sessions.forgetAll();
            return reply;
        };
    }
}
