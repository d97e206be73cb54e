package org.tlac.auth.login;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.db.Row;
import org.tlac.platform.db.Statements;
import org.tlac.platform.db.Transaction;

/** The table of failed attempts, which all replicas share and which survives their restarts. */
public final class LoginAttempts {

    /** In place of an address: the account's failures from anywhere. No client has this address. */
    private static final String ANYWHERE = "*";

    private static final int MAX_ADDRESS = 100;

    private final Duration forget;
    private final Duration knownFor;

    /**
     * @param forget failures count for so long after the latest
     * @param knownFor a sign-in makes its address known for so long
     */
    public LoginAttempts(Duration forget, Duration knownFor) {
        this.forget = forget;
        this.knownFor = knownFor;
    }

    /** @param username as stored, whether anyone has it or not */
    record Subject(String username, String clientAddress) {

        Subject {
            clientAddress =
                    clientAddress.length() <= MAX_ADDRESS ? clientAddress : clientAddress.substring(0, MAX_ADDRESS);
            // A proxy may call its client what it likes.
            clientAddress = clientAddress.equals(ANYWHERE) ? "" : clientAddress;
        }
    }

    private record Kept(
            String clientAddress,
            Failures failures,
            Optional<Instant> lastFailureAt,
            Optional<Instant> lastSuccessAt) {}

    LockoutState standing(Statements statements, Subject subject, Instant now) {
        return standing(statements.query("attempts.read", """
                select client_address, failures, locked_until, last_failure_at, last_success_at
                from login_attempts
                where username = :username and client_address in (:anywhere, :address)
                """, keys(subject), LoginAttempts::kept), now);
    }

    /**
     * The standing, kept from changing until the transaction ends: attempts on one account are judged one after the other. It locks the
     * account's row first and the address's second, as every transaction does, so none waits for another in a circle.
     */
    LockoutState lock(Transaction transaction, Subject subject, Instant now) {
        return standing(transaction.query("attempts.lock", """
                insert into login_attempts (username, client_address, touched_at)
                values (:username, :anywhere, :now), (:username, :address, :now)
                on conflict (username, client_address) do update set touched_at = excluded.touched_at
                returning client_address, failures, locked_until, last_failure_at, last_success_at
                """, parameters(subject, now), LoginAttempts::kept), now);
    }

    void failed(Transaction transaction, Subject subject, LockoutState after, Instant now) {
        fail(transaction, subject, ANYWHERE, after.account(), now);
        fail(transaction, subject, subject.clientAddress(), after.address(), now);
    }

    /** Forgets the failures on the account from anywhere and from this address; what other addresses did stays with them. */
    void succeeded(Transaction transaction, Subject subject, Instant now) {
        transaction.update("attempts.succeeded", """
                update login_attempts
                set failures = 0, locked_until = null, touched_at = :now,
                    last_success_at = case when client_address = :anywhere then null else cast(:now as timestamptz) end
                where username = :username and client_address in (:anywhere, :address)
                """, parameters(subject, now));
    }

    /** Removes what no longer decides anything. */
    public void purge(Statements statements, Instant now) {
        // What an attempt holds at this moment is not over; waiting for it could end in a circle.
        statements.update(
                "attempts.purge",
                """
                delete from login_attempts where (username, client_address) in (
                  select username, client_address from login_attempts
                  where touched_at <= :forgotten
                    and (locked_until is null or locked_until <= :now)
                    and (last_success_at is null or last_success_at <= :unknown)
                  for update skip locked)
                """,
                Map.of("now", now, "forgotten", now.minus(forget), "unknown", now.minus(knownFor)));
    }

    private static void fail(Transaction transaction, Subject subject, String address, Failures failures, Instant now) {
        Map<String, @Nullable Object> parameters = new HashMap<>();
        parameters.put("username", subject.username());
        parameters.put("address", address);
        parameters.put("failures", failures.count());
        parameters.put("until", failures.lockedUntil());
        parameters.put("now", now);
        transaction.update("attempts.failed", """
                update login_attempts
                set failures = :failures, locked_until = cast(:until as timestamptz), last_failure_at = :now, touched_at = :now
                where username = :username and client_address = :address
                """, parameters);
    }

    private static Map<String, @Nullable Object> parameters(Subject subject, Instant now) {
        Map<String, @Nullable Object> parameters = keys(subject);
        parameters.put("now", now);
        return parameters;
    }

    private static Map<String, @Nullable Object> keys(Subject subject) {
        Map<String, @Nullable Object> parameters = new HashMap<>();
        parameters.put("username", subject.username());
        parameters.put("anywhere", ANYWHERE);
        parameters.put("address", subject.clientAddress());
        return parameters;
    }

    private LockoutState standing(List<Kept> rows, Instant now) {
        LockoutState standing = LockoutState.UNKNOWN;
        for (Kept row : rows) {
            Failures failures = within(row.lastFailureAt(), forget, now) ? row.failures() : Failures.NONE;
            standing = row.clientAddress().equals(ANYWHERE)
                    ? new LockoutState(failures, standing.address(), standing.known())
                    : new LockoutState(standing.account(), failures, within(row.lastSuccessAt(), knownFor, now));
        }
        return standing;
    }

    private static boolean within(Optional<Instant> time, Duration past, Instant now) {
        return time.filter(at -> at.isAfter(now.minus(past))).isPresent();
    }

    private static Kept kept(Row row) {
        return new Kept(
                row.string("client_address"),
                new Failures(
                        row.intValue("failures"),
                        row.optionalInstant("locked_until").orElse(null)),
                row.optionalInstant("last_failure_at"),
                row.optionalInstant("last_success_at"));
    }
}
