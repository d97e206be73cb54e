package org.tlac.auth.users;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.db.Row;
import org.tlac.platform.db.Statements;
import org.tlac.platform.db.Transaction;
import org.tlac.platform.identity.Role;

/** The table of accounts. */
public final class Users {

    /** A school has a few thousand; a list beyond this would be a mistake of ours. */
    private static final int MAX_LISTED = 10_000;

    /** Any number that no other lock of this schema has; it is "boot" in ASCII. */
    private static final long BOOTSTRAP_LOCK = 0x626f6f74;

    /** What an admin's list is narrowed to; null for everything. */
    record Filter(
            @Nullable Role role,
            @Nullable Integer cohortYear,
            @Nullable Boolean active,
            @Nullable String search) {}

    public Optional<Account> find(Statements statements, String username) {
        return statements.queryOne("users.find", """
                select id, username, name, role, cohort_year, active, password_hash
                from users where username = :username
                """, Map.of("username", username), Users::account);
    }

    /** The account as it is now, kept from changing until the transaction ends; empty when its password was changed meanwhile. */
    public Optional<Account> lock(Transaction transaction, Account known) {
        return transaction.queryOne(
                "users.lock", """
                select id, username, name, role, cohort_year, active, password_hash
                from users where id = :id and password_hash = :hash for update
                """, Map.of("id", known.user().id(), "hash", known.passwordHash()), Users::account);
    }

    public void signedIn(Transaction transaction, User user, Instant now) {
        transaction.update(
                "users.signed-in",
                "update users set last_login_at = :now where id = :id",
                Map.of("now", now, "id", user.id()));
    }

    public void changePassword(Transaction transaction, User user, String hash) {
        transaction.update(
                "users.change-password",
                "update users set password_hash = :hash where id = :id",
                Map.of("hash", hash, "id", user.id()));
    }

    /** Lets one bootstrap at a time look whether there is an admin, and add one, over all replicas; until the transaction ends. */
    void lockBootstrap(Transaction transaction) {
        transaction.query(
                "users.lock-bootstrap",
                "select pg_advisory_xact_lock(:lock) is null as locked",
                Map.of("lock", BOOTSTRAP_LOCK),
                row -> 1);
    }

    boolean anyAdmin(Statements statements) {
        return statements
                .queryOne(
                        "users.any-admin",
                        "select 1 as one from users where role = 'admin' limit 1",
                        Map.of(),
                        row -> 1)
                .isPresent();
    }

    /** Empty when the username is taken. */
    Optional<User> insert(Transaction transaction, NewUser user, String passwordHash, Instant now) {
        Map<String, @Nullable Object> parameters = new HashMap<>();
        parameters.put("username", user.username());
        parameters.put("name", user.name());
        parameters.put("role", user.role().id());
        parameters.put("cohort", user.cohortYear());
        parameters.put("notes", user.teacherNotes());
        parameters.put("hash", passwordHash);
        parameters.put("now", now);
        return transaction.queryOne("users.insert", """
                insert into users (username, name, role, cohort_year, teacher_notes, password_hash, created_at)
                values (:username, :name, :role, cast(:cohort as integer), :notes, :hash, :now)
                on conflict (username) do nothing
                returning id, username, name, role, cohort_year
                """, parameters, Users::user);
    }

    List<ListedUser> list(Statements statements, Filter filter) {
        Map<String, @Nullable Object> parameters = new HashMap<>();
        parameters.put("role", filter.role() == null ? null : filter.role().id());
        parameters.put("cohort", filter.cohortYear());
        parameters.put("active", filter.active());
        parameters.put("search", filter.search());
        parameters.put("limit", MAX_LISTED);
        return statements.query("users.list", """
                select id, username, name, role, cohort_year, active, last_login_at, created_at
                from users
                where (cast(:role as text) is null or role = cast(:role as text))
                  and (cast(:cohort as integer) is null or cohort_year = cast(:cohort as integer))
                  and (cast(:active as boolean) is null or active = cast(:active as boolean))
                  and (cast(:search as text) is null
                       or strpos(username, lower(cast(:search as text))) > 0
                       or strpos(lower(name), lower(cast(:search as text))) > 0)
                order by username limit :limit
                """, parameters, Users::listed);
    }

    List<User> activePupils(Statements statements, @Nullable Integer cohortYear) {
        Map<String, @Nullable Object> parameters = new HashMap<>();
        parameters.put("cohort", cohortYear);
        parameters.put("limit", MAX_LISTED);
        return statements.query("users.list-pupils", """
                select id, username, name, role, cohort_year
                from users
                where role = 'pupil' and active
                  and (cast(:cohort as integer) is null or cohort_year = cast(:cohort as integer))
                order by username limit :limit
                """, parameters, Users::user);
    }

    /** From a row with the columns id, username, name, role and cohort_year. */
    public static User user(Row row) {
        return new User(
                row.longValue("id"),
                row.string("username"),
                row.string("name"),
                row.string("role"),
                row.optionalInt("cohort_year").orElse(null));
    }

    private static Account account(Row row) {
        return new Account(user(row), row.bool("active"), row.string("password_hash"));
    }

    private static ListedUser listed(Row row) {
        return new ListedUser(
                row.longValue("id"),
                row.string("username"),
                row.string("name"),
                row.string("role"),
                row.optionalInt("cohort_year").orElse(null),
                row.bool("active"),
                row.optionalInstant("last_login_at").orElse(null),
                row.instant("created_at"));
    }
}
