package org.tlac.auth.login;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tlac.auth.login.LoginAttempts.Subject;
import org.tlac.auth.session.Session;
import org.tlac.auth.session.SessionCookie;
import org.tlac.auth.session.Sessions;
import org.tlac.auth.users.Account;
import org.tlac.auth.users.User;
import org.tlac.auth.users.UserRules;
import org.tlac.auth.users.Users;
import org.tlac.platform.db.AuditEntry;
import org.tlac.platform.db.AuditLog;
import org.tlac.platform.db.Transaction;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;

/** Signing in. An attempt is counted once, by how it ended; what could not be decided (400, 503) is no attempt. */
public final class LoginRoutes {

    /** What is written to the audit log here. */
    public static final List<String> AUDITED = List.of("login");

    public static final String LOGIN = "/api/auth/login";

    private final PasswordCheck check;
    private final Users users;
    private final Sessions sessions;
    private final AuditLog audit;
    private final LoginMetrics metrics;
    private final InstantSource clock;

    public LoginRoutes(
            PasswordCheck check,
            Users users,
            Sessions sessions,
            AuditLog audit,
            LoginMetrics metrics,
            InstantSource clock) {
        this.check = check;
        this.users = users;
        this.sessions = sessions;
        this.audit = audit;
        this.metrics = metrics;
        this.clock = clock;
    }

    public Routes routes() {
        return Routes.of(Route.post(LOGIN, Access.SERVICE, this::login));
    }

    record LoginBody(@Nullable String username, @Nullable String password) {}

    record SignedIn(boolean ok, User user) {}

    /** What a right password begins. */
    private sealed interface Entry {

        record Open(Session session) implements Entry {}

        record Disabled() implements Entry {}
    }

    private Reply login(Call call) {
        LoginBody body = call.body(LoginBody.class);
        Subject subject = new Subject(UserRules.presentedUsername(body.username()), call.clientAddress());
        String password = UserRules.presentedPassword(body.password());
        LoginResult<Entry> verdict = check.check(subject, password, (tx, account) -> enter(tx, account, call));
        return switch (verdict) {
            case LoginResult.Right<Entry>(Entry entry) -> entered(entry);
            case LoginResult.Wrong<Entry>(int failures) -> {
                metrics.failed();
                metrics.used(LOGIN, Lockout.usedPercent(failures));
                throw ApiError.unauthorized("Invalid username or password.");
            }
            case LoginResult.Locked<Entry> locked -> {
                metrics.rateLimited();
                throw refused(locked, LOGIN, metrics);
            }
        };
    }

    private Entry enter(Transaction tx, Account account, Call call) {
        if (!account.active()) {
            return new Entry.Disabled();
        }
        Instant now = clock.instant();
        users.signedIn(tx, account.user(), now);
        Session session = sessions.begin(tx, account.user(), now);
        audit.append(tx, AuditEntry.of(call.origin(), "login").by(account.user().username()));
        return new Entry.Open(session);
    }

    private Reply entered(Entry entry) {
        metrics.used(LOGIN, 0);
        return switch (entry) {
            case Entry.Disabled() -> {
                metrics.failed();
                throw ApiError.forbidden("Account disabled.");
            }
            case Entry.Open(Session session) -> {
                metrics.succeeded();
                yield Reply.json(new SignedIn(true, session.user()))
                        .with("Set-Cookie", SessionCookie.of(session.token(), sessions.ttl()));
            }
        };
    }

    static ApiError refused(LoginResult.Locked<?> locked, String endpoint, LoginMetrics metrics) {
        metrics.refused(endpoint);
        metrics.used(endpoint, Lockout.usedPercent(locked.failures()));
        return ApiError.tooManyRequests("Too many attempts. Try again shortly.", locked.remaining());
    }
}
