package org.tlac.auth.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.tlac.auth.users.User;
import org.tlac.auth.users.Users;
import org.tlac.platform.db.Statements;
import org.tlac.platform.db.Transaction;

/** The table of sessions. */
public final class Sessions {

    private final Duration ttl;

    /** @param ttl how long a session lives, used or not */
    public Sessions(Duration ttl) {
        this.ttl = ttl;
    }

    public Duration ttl() {
        return ttl;
    }

    public Session begin(Transaction transaction, User user, Instant now) {
        SessionToken token = SessionToken.fresh();
        Instant expiresAt = now.plus(ttl);
        transaction.update(
                "sessions.begin",
                """
                insert into sessions (token_hash, user_id, created_at, expires_at) values (:hash, :user, :now, :expires)
                """,
                Map.of("hash", token.hash(), "user", user.id(), "now", now, "expires", expiresAt));
        return new Session(token, user, expiresAt);
    }

    /** The session of that secret; empty when there is none, it is over, or its user was deactivated. */
    Optional<Session> find(Statements statements, SessionToken token, Instant now) {
        return statements.queryOne(
                "sessions.find",
                """
                select u.id, u.username, u.name, u.role, u.cohort_year, s.expires_at
                from sessions s join users u on u.id = s.user_id
                where s.token_hash = :hash and s.expires_at > :now and u.active
                """,
                Map.of("hash", token.hash(), "now", now),
                row -> new Session(token, Users.user(row), row.instant("expires_at")));
    }

    void end(Transaction transaction, Session session) {
        transaction.update(
                "sessions.end",
                "delete from sessions where token_hash = :hash",
                Map.of("hash", session.token().hash()));
    }

    /** Ends every session of its user but this one. */
    public void endOthers(Transaction transaction, Session session) {
        transaction.update(
                "sessions.end-others",
                "delete from sessions where user_id = :user and token_hash <> :hash",
                Map.of("user", session.user().id(), "hash", session.token().hash()));
    }

    /** Removes sessions that are over. */
    public void purge(Statements statements, Instant now) {
        statements.update("sessions.purge", "delete from sessions where expires_at <= :now", Map.of("now", now));
    }
}
