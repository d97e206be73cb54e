package org.tlac.auth.session;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tlac.auth.keys.SigningKeys;
import org.tlac.auth.users.User;
import org.tlac.platform.db.AuditEntry;
import org.tlac.platform.db.AuditLog;
import org.tlac.platform.db.Database;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;

/** What a session is worth to the gateway, and to its user. */
public final class SessionRoutes {

    /** What is written to the audit log here. */
    public static final List<String> AUDITED = List.of("logout");

    /** An IPv6 address with a zone; the token it goes into has a bound. */
    private static final int MAX_ADDRESS = 100;

    private final Database database;
    private final Sessions sessions;
    private final OwnSession own;
    private final SigningKeys keys;
    private final AuditLog audit;
    private final Duration tokenLifetime;
    private final InstantSource clock;

    public SessionRoutes(
            Database database,
            Sessions sessions,
            OwnSession own,
            SigningKeys keys,
            AuditLog audit,
            Duration tokenLifetime,
            InstantSource clock) {
        this.database = database;
        this.sessions = sessions;
        this.own = own;
        this.keys = keys;
        this.audit = audit;
        this.tokenLifetime = tokenLifetime;
        this.clock = clock;
    }

    public Routes routes() {
        return Routes.of(
                Route.post("/internal/session", Access.SERVICE, this::resolve),
                Route.get("/api/auth/me", Access.SIGNED_IN, this::me),
                Route.post("/api/auth/logout", Access.SIGNED_IN, this::logout));
    }

    record ResolveBody(@Nullable String cookie, @Nullable String clientAddress) {}

    record Resolved(String token, Instant tokenExpiresAt, User user, String csrfToken, Instant sessionExpiresAt) {}

    private Reply resolve(Call call) {
        ResolveBody body = call.body(ResolveBody.class);
        if (body.cookie() == null
                || body.clientAddress() == null
                || body.clientAddress().length() > MAX_ADDRESS) {
            throw ApiError.badRequest("Missing required fields.");
        }
        Session session = sessions.find(database, SessionToken.presented(body.cookie()), clock.instant())
                .orElseThrow(ApiError::notAuthenticated);
        // Tokens tell times in whole seconds.
        Instant issuedAt = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        String token = keys.sign(session.user().caller(body.clientAddress()), issuedAt, tokenLifetime);
        return Reply.json(new Resolved(
                token,
                issuedAt.plus(tokenLifetime),
                session.user(),
                session.token().csrfToken(),
                session.expiresAt()));
    }

    record Me(User user, String csrfToken) {}

    private Reply me(Call call) {
        Session session = own.of(call);
        return Reply.json(new Me(session.user(), session.token().csrfToken()));
    }

    private Reply logout(Call call) {
        Session session = own.of(call);
        database.inTransaction(tx -> {
            sessions.end(tx, session);
            audit.append(tx, AuditEntry.of(call.origin(), "logout"));
        });
        return Reply.json(Map.of("ok", true)).with("Set-Cookie", SessionCookie.cleared());
    }
}
