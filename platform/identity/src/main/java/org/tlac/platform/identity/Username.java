package org.tlac.platform.identity;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A username as it is compared and stored: 1 to 100 of the lower-case letters a to z, digits, dots, hyphens, underscores and apostrophes.
 * Which of them the account of a role may have is a rule of auth-service.
 */
public record Username(String value) {

    /** Characters. */
    public static final int MAX_LENGTH = 100;

    private static final Pattern FORM = Pattern.compile("[a-z0-9._'-]{1," + MAX_LENGTH + "}");

    /** @throws IllegalArgumentException when it is no username */
    public Username {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("Not a username");
        }
    }

    /** What a person typed, without spaces around it and in lower case; empty when that is no username. */
    public static Optional<Username> parse(@Nullable String typed) {
        return Optional.ofNullable(typed)
                .map(text -> text.strip().toLowerCase(Locale.ROOT))
                .filter(text -> FORM.matcher(text).matches())
                .map(Username::new);
    }

    @Override
    public String toString() {
        return value;
    }
}
