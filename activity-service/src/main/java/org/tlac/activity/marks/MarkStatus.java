package org.tlac.activity.marks;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How far a user is with an activity. The last two are a teacher's verdict. */
public enum MarkStatus {
    NOT_STARTED,
    IN_PROGRESS,
    COMPLETE,
    INCOMPLETE;

    /** The name in JSON and the database. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<MarkStatus> of(String id) {
        return Arrays.stream(values()).filter(status -> status.id().equals(id)).findFirst();
    }

    public boolean isVerdict() {
        return this == COMPLETE || this == INCOMPLETE;
    }
}
