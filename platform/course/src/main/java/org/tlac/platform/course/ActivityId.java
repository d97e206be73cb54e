package org.tlac.platform.course;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An activity's id within its lesson: {@code a} and 1 to 9 ASCII digits, bounded as {@link LessonId} is. */
public record ActivityId(@JsonValue String value) {

    private static final Pattern FORM = Pattern.compile("a[0-9]{1,9}");

    /** @throws IllegalArgumentException when it is out of form */
    public ActivityId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("An activity's id must match " + FORM.pattern());
        }
    }

    /** Empty when there is no text or it is out of form. */
    public static Optional<ActivityId> parse(@Nullable String text) {
        return Optional.ofNullable(text)
                .filter(id -> FORM.matcher(id).matches())
                .map(ActivityId::new);
    }

    /** For messages that say what an id must match. */
    static String form() {
        return FORM.pattern();
    }

    @Override
    public String toString() {
        return value;
    }
}
