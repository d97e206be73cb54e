package org.tlac.platform.course;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A lesson's id: {@code lesson-} and 1 to 9 ASCII digits. The contract's form with a bound, so that no id is longer than a column or a
 * log line should hold. Whether the course has such a lesson is another question.
 */
public record LessonId(@JsonValue String value) {

    private static final Pattern FORM = Pattern.compile("lesson-[0-9]{1,9}");

    /** @throws IllegalArgumentException when it is out of form */
    public LessonId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("A lesson's id must match " + FORM.pattern());
        }
    }

    /** Empty when there is no text or it is out of form. */
    public static Optional<LessonId> parse(@Nullable String text) {
        return Optional.ofNullable(text)
                .filter(id -> FORM.matcher(id).matches())
                .map(LessonId::new);
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
