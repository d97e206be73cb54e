package org.tlac.auth.login;

import java.time.Duration;

/** What became of a password that somebody presented. */
sealed interface LoginResult<T> {

    /** It was right, and this came of it. */
    record Right<T>(T result) implements LoginResult<T> {}

    /** @param failures in a row, this one included */
    record Wrong<T>(int failures) implements LoginResult<T> {}

    /** Too many were wrong before: right or not, it does not count. */
    record Locked<T>(int failures, Duration remaining) implements LoginResult<T> {}
}
