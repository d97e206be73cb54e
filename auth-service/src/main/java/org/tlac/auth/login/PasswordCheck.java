package org.tlac.auth.login;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BiFunction;
import org.tlac.auth.login.LoginAttempts.Subject;
import org.tlac.auth.passwords.PasswordHasher;
import org.tlac.auth.users.Account;
import org.tlac.auth.users.Users;
import org.tlac.platform.db.Database;
import org.tlac.platform.db.Transaction;

/**
 * Checks a password with a bound on guesses that holds however many are made at once. Attempts are hashed side by side, but judged one
 * after the other under a lock on the account's row: whoever comes after the failure that locks is told "locked", right or wrong, and
 * so learns nothing. Counting before hashing would bound guesses as well, but refuse a class that signs in to one account at once.
 */
public final class PasswordCheck {

    private final Database database;
    private final Users users;
    private final LoginAttempts attempts;
    private final PasswordHasher hasher;
    private final InstantSource clock;

    public PasswordCheck(
            Database database, Users users, LoginAttempts attempts, PasswordHasher hasher, InstantSource clock) {
        this.database = database;
        this.users = users;
        this.attempts = attempts;
        this.hasher = hasher;
        this.clock = clock;
    }

    /**
     * Judges an attempt.
     *
     * @param whenRight what a right password begins, in the transaction that resets the failures; the account is locked in it
     */
    <T> LoginResult<T> check(Subject subject, String password, BiFunction<Transaction, Account, T> whenRight) {
        Instant now = clock.instant();
        LockoutState before = attempts.standing(database, subject, now);
        if (!before.lockedFor(now).isZero()) {
            return locked(before, now);
        }
        Optional<Account> account = users.find(database, subject.username());
        boolean right = hasher.matches(account.map(Account::passwordHash), password);
        return database.transaction(tx -> judge(tx, subject, account.filter(found -> right), whenRight));
    }

    private <T> LoginResult<T> judge(
            Transaction tx, Subject subject, Optional<Account> right, BiFunction<Transaction, Account, T> whenRight) {
        LockoutState standing = attempts.lock(tx, subject, clock.instant());
        // Read after the wait for the lock: time went by.
        Instant now = clock.instant();
        if (!standing.lockedFor(now).isZero()) {
            return locked(standing, now);
        }
        Optional<Account> current = right.flatMap(account -> users.lock(tx, account));
        if (current.isEmpty()) {
            LockoutState after = standing.afterFailure(now);
            attempts.failed(tx, subject, after, now);
            return new LoginResult.Wrong<>(after.failures());
        }
        attempts.succeeded(tx, subject, now);
        return new LoginResult.Right<>(whenRight.apply(tx, current.get()));
    }

    private static <T> LoginResult<T> locked(LockoutState standing, Instant now) {
        Duration remaining = standing.lockedFor(now);
        return new LoginResult.Locked<>(Math.max(Lockout.LIMIT, standing.failures()), remaining);
    }
}
