package org.tlac.auth.users;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tlac.auth.passwords.PasswordHasher;
import org.tlac.platform.db.AuditEntry;
import org.tlac.platform.db.AuditLog;
import org.tlac.platform.db.Database;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;
import org.tlac.platform.identity.Role;

/** Accounts: made by admins, listed for admins and teachers. */
public final class UserRoutes {

    /** What is written to the audit log here. */
    public static final List<String> AUDITED = List.of("create_user");

    private static final int MAX_SEARCH = 100;

    private final Database database;
    private final Users users;
    private final PasswordHasher hasher;
    private final AuditLog audit;
    private final UserMetrics metrics;
    private final InstantSource clock;

    public UserRoutes(
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
        return Routes.of(
                Route.get("/api/admin/users", Access.ADMIN, this::list),
                Route.post("/api/admin/users", Access.ADMIN, this::create),
                Route.get("/api/teacher/users", Access.TEACHER, this::pupils));
    }

    record NewUserBody(
            @Nullable String username,
            @Nullable String name,
            @Nullable String password,
            @Nullable String role,
            @Nullable Integer cohortYear,
            @Nullable String teacherNotes) {

        /** Without a role it is a pupil, as in an imported list. */
        NewUser checked() {
            String checkedName = UserRules.name(name);
            Role checkedRole = role == null ? Role.PUPIL : UserRules.role(role);
            return new NewUser(
                    UserRules.username(username, checkedRole),
                    checkedName,
                    checkedRole,
                    UserRules.newPassword(password),
                    UserRules.cohortYear(cohortYear),
                    UserRules.teacherNotes(teacherNotes));
        }
    }

    record Created(boolean ok, User user) {}

    private Reply create(Call call) {
        NewUser wanted = call.body(NewUserBody.class).checked();
        if (users.find(database, wanted.username()).isPresent()) {
            // Before the hash, which is dear; the insert below decides.
            throw taken();
        }
        String hash = hasher.hash(wanted.password());
        User created = database.transaction(tx -> {
            User user = users.insert(tx, wanted, hash, clock.instant()).orElseThrow(UserRoutes::taken);
            audit.append(
                    tx,
                    AuditEntry.of(call.origin(), "create_user")
                            .on(user.username())
                            .with(Map.of("role", user.role())));
            return user;
        });
        metrics.created();
        return Reply.json(new Created(true, created));
    }

    private static ApiError taken() {
        return ApiError.conflict("Username already exists.");
    }

    private Reply list(Call call) {
        Users.Filter filter = new Users.Filter(
                call.query("role").map(UserRules::role).orElse(null),
                cohortYear(call),
                call.query("active").map(UserRoutes::flag).orElse(null),
                call.query("search").map(UserRoutes::search).orElse(null));
        return Reply.json(Map.of("items", users.list(database, filter)));
    }

    private Reply pupils(Call call) {
        return Reply.json(Map.of("items", users.activePupils(database, cohortYear(call))));
    }

    private static @Nullable Integer cohortYear(Call call) {
        return call.queryInt("cohort_year", UserRules.MIN_COHORT_YEAR, UserRules.MAX_COHORT_YEAR)
                .orElse(null);
    }

    private static boolean flag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw ApiError.badRequest("Query parameter active must be true or false.");
        };
    }

    private static String search(String text) {
        return Optional.of(text)
                .filter(value -> value.length() <= MAX_SEARCH)
                .orElseThrow(() -> ApiError.badRequest("Query parameter search is too long."));
    }
}
