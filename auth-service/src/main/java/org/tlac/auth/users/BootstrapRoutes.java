package org.tlac.auth.users;

import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tlac.auth.passwords.PasswordHasher;
import org.tlac.platform.db.AuditEntry;
import org.tlac.platform.db.AuditLog;
import org.tlac.platform.db.Database;
import org.tlac.platform.db.Transaction;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;
import org.tlac.platform.identity.Role;

/** The first admin of a new installation: whoever asks first, once. */
public final class BootstrapRoutes {

    /** What is written to the audit log here. */
    public static final List<String> AUDITED = List.of("bootstrap_admin");

    private final Database database;
    private final Users users;
    private final PasswordHasher hasher;
    private final AuditLog audit;
    private final UserMetrics metrics;
    private final InstantSource clock;

    public BootstrapRoutes(
            Database database,
            Users users,
            PasswordHasher hasher,
            AuditLog audit,
            UserMetrics metrics,
            InstantSource clock) {
        this.database = database;
        this.users = users;
        this.hasher = hasher;
        this.audit = audit;
        this.metrics = metrics;
        this.clock = clock;
    }

    public Routes routes() {
        return Routes.of(Route.post("/api/admin/bootstrap", Access.SERVICE, this::bootstrap));
    }

    record BootstrapBody(
            @Nullable String username,
            @Nullable String name,
            @Nullable String password) {

        NewUser checked() {
            String checkedName = UserRules.name(name);
            String checkedUsername = UserRules.username(username, Role.ADMIN);
            return new NewUser(checkedUsername, checkedName, Role.ADMIN, UserRules.newPassword(password), null, "");
        }
    }

    private Reply bootstrap(Call call) {
        NewUser admin = call.body(BootstrapBody.class).checked();
        if (users.anyAdmin(database)) {
            // Before the hash: from the first day on this is the answer to every stranger.
            throw exists();
        }
        String hash = hasher.hash(admin.password());
        User created = database.transaction(tx -> insert(tx, admin, hash, call));
        metrics.bootstrapped();
        return Reply.json(new UserRoutes.Created(true, created));
    }

    private User insert(Transaction tx, NewUser admin, String hash, Call call) {
        users.lockBootstrap(tx);
        if (users.anyAdmin(tx)) {
            throw exists();
        }
        User user = users.insert(tx, admin, hash, clock.instant())
                .orElseThrow(() -> ApiError.conflict("Username already exists."));
        audit.append(
                tx,
                AuditEntry.of(call.origin(), "bootstrap_admin")
                        .by(user.username())
                        .on(user.username()));
        return user;
    }

    private static ApiError exists() {
        return ApiError.forbidden("Admin already exists.");
    }
}
