package org.tlac.platform.http;

import org.jspecify.annotations.Nullable;
import org.tlac.platform.identity.KeysUnavailableException;

/** Failures that mean "a part we need is away for the moment", to be answered with 503 and not with 500. */
public interface Unavailable {

    /** Whether this failure is of that kind; the same class may also carry other failures. */
    boolean unavailable();

    /** What to tell the client: a whole sentence, nothing internal. */
    default String detail() {
        return "The database is away. Please try again shortly.";
    }

    /** What to count it as: one of the catalogue's error types. */
    default String errorType() {
        return "database";
    }

    /** The failure as 503, or null when it is of another kind. */
    static @Nullable ApiError asApiError(Throwable failure) {
        if (failure instanceof KeysUnavailableException) {
            return ApiError.unavailable(
                    "The sign-in service is away. Please try again shortly.", "upstream_unavailable", failure);
        }
        if (failure instanceof Unavailable part && part.unavailable()) {
            return ApiError.unavailable(part.detail(), part.errorType(), failure);
        }
        return null;
    }
}
