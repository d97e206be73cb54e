package org.tlac.auth.users;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.identity.Role;
import org.tlac.platform.identity.Username;

/** What the values of an account may be. Methods return the value as it is stored, or refuse it with 400 and a sentence for the admin. */
public final class UserRules {

    static final int MAX_NAME = 100;
    static final int MIN_PASSWORD = 8;
    static final int MAX_PASSWORD = 200;
    static final int MAX_NOTES = 10_000;
    static final int MIN_COHORT_YEAR = 1990;
    static final int MAX_COHORT_YEAR = 2100;

    /** Longer than any password that can be set, since older databases may hold hashes of longer ones. */
    static final int MAX_PRESENTED_PASSWORD = 1000;

    /** Of a pupil; anybody else's is any {@link Username} without an apostrophe. */
    private static final Pattern PUPIL_USERNAME = Pattern.compile("[a-z][a-z\\-']*\\.[a-z]");

    private UserRules() {}

    /** How a username is compared and stored. @throws ApiError 400 when it is too long to be anyone's */
    public static String presentedUsername(@Nullable String username) {
        String normal = required(username).strip().toLowerCase(Locale.ROOT);
        if (normal.isEmpty()) {
            throw missing();
        }
        return text("username", normal, Username.MAX_LENGTH);
    }

    /** A password to be compared with a hash. */
    public static String presentedPassword(@Nullable String password) {
        String presented = required(password);
        if (presented.isEmpty()) {
            throw missing();
        }
        return text("password", presented, MAX_PRESENTED_PASSWORD);
    }

    static String username(@Nullable String username, Role role) {
        String normal = presentedUsername(username);
        boolean pupil = role == Role.PUPIL;
        if (Username.parse(normal).isEmpty()
                || !(pupil ? PUPIL_USERNAME.matcher(normal).matches() : normal.indexOf('\'') < 0)) {
            throw ApiError.badRequest(
                    pupil
                            ? "A pupil's username has the form lastname.i, in letters, hyphens and apostrophes."
                            : "A username consists of letters from a to z, digits, dots, hyphens and underscores.");
        }
        return normal;
    }

    static String name(@Nullable String name) {
        String normal = required(name).strip();
        if (normal.isEmpty()) {
            throw missing();
        }
        if (normal.chars().anyMatch(Character::isISOControl)) {
            throw ApiError.badRequest("name must not contain control characters.");
        }
        return text("name", normal, MAX_NAME);
    }

    /** A password to be set. */
    public static String newPassword(@Nullable String password) {
        if (required(password).isEmpty()) {
            throw missing();
        }
        String accepted = text("password", required(password), MAX_PASSWORD);
        if (accepted.codePointCount(0, accepted.length()) < MIN_PASSWORD) {
            throw ApiError.badRequest("A password has at least " + MIN_PASSWORD + " characters.");
        }
        return accepted;
    }

    static Role role(String role) {
        return Role.of(role).orElseThrow(() -> ApiError.badRequest("role must be pupil, teacher or admin."));
    }

    static @Nullable Integer cohortYear(@Nullable Integer year) {
        if (year != null && (year < MIN_COHORT_YEAR || year > MAX_COHORT_YEAR)) {
            throw ApiError.badRequest(
                    "cohort_year must be a year from " + MIN_COHORT_YEAR + " to " + MAX_COHORT_YEAR + ".");
        }
        return year;
    }

    static String teacherNotes(@Nullable String notes) {
        return notes == null ? "" : text("teacher_notes", notes, MAX_NOTES);
    }

    private static String required(@Nullable String value) {
        if (value == null) {
            throw missing();
        }
        return value;
    }

    private static ApiError missing() {
        return ApiError.badRequest("Missing required fields.");
    }

    private static String text(String field, String value, int max) {
        if (value.codePointCount(0, value.length()) > max) {
            throw ApiError.badRequest(field + " must have at most " + max + " characters.");
        }
        return value;
    }
}
