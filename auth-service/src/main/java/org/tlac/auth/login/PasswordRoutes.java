package org.tlac.auth.login;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tlac.auth.login.LoginAttempts.Subject;
import org.tlac.auth.passwords.PasswordHasher;
import org.tlac.auth.session.OwnSession;
import org.tlac.auth.session.Session;
import org.tlac.auth.session.Sessions;
import org.tlac.auth.users.Account;
import org.tlac.auth.users.UserRules;
import org.tlac.auth.users.Users;
import org.tlac.platform.db.AuditEntry;
import org.tlac.platform.db.AuditLog;
import org.tlac.platform.db.Database;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;

/** Changing one's own password. The current one is asked for and guesses at it are bounded: a session may be in the wrong hands. */
public final class PasswordRoutes {

    /** What is written to the audit log here. */
    public static final List<String> AUDITED = List.of("update_user");

    public static final String PASSWORD = "/api/auth/password";

    private final Database database;
    private final PasswordCheck check;
    private final OwnSession own;
    private final Users users;
    private final Sessions sessions;
    private final PasswordHasher hasher;
    private final AuditLog audit;
    private final LoginMetrics metrics;

    public PasswordRoutes(
            Database database,
            PasswordCheck check,
            OwnSession own,
            Users users,
            Sessions sessions,
            PasswordHasher hasher,
            AuditLog audit,
            LoginMetrics metrics) {
        this.database = database;
        this.check = check;
        this.own = own;
        this.users = users;
        this.sessions = sessions;
        this.hasher = hasher;
        this.audit = audit;
        this.metrics = metrics;
    }

    public Routes routes() {
        return Routes.of(Route.post(PASSWORD, Access.SIGNED_IN, this::change));
    }

    record PasswordBody(
            @Nullable String currentPassword, @Nullable String newPassword) {}

    private Reply change(Call call) {
        PasswordBody body = call.body(PasswordBody.class);
        String current = UserRules.presentedPassword(body.currentPassword());
        String wanted = UserRules.newPassword(body.newPassword());
        Session session = own.of(call);
        Subject subject = new Subject(session.user().username(), call.clientAddress());
        return switch (check.check(subject, current, (tx, account) -> account)) {
            case LoginResult.Right<Account>(Account account) -> {
                metrics.used(PASSWORD, 0);
                set(account, hasher.hash(wanted), session, call);
                yield Reply.json(Map.of("ok", true));
            }
            case LoginResult.Wrong<Account>(int failures) -> {
                metrics.used(PASSWORD, Lockout.usedPercent(failures));
                throw ApiError.forbidden("Current password is wrong.");
            }
            case LoginResult.Locked<Account> locked -> throw LoginRoutes.refused(locked, PASSWORD, metrics);
        };
    }

    private void set(Account account, String hash, Session session, Call call) {
        database.inTransaction(tx -> {
            // Changed by someone else since we looked: then the current password is another by now.
            if (users.lock(tx, account).isEmpty()) {
                throw ApiError.forbidden("Current password is wrong.");
            }
            users.changePassword(tx, account.user(), hash);
            sessions.endOthers(tx, session);
            audit.append(
                    tx,
                    AuditEntry.of(call.origin(), "update_user")
                            .on(account.user().username())
                            .with(Map.of("changes", List.of("password"))));
        });
    }
}
