package org.tlac.activity.state;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.course.ActivityKey;

/**
 * The newest state of an activity.
 *
 * @param revisionId the revision that it is a copy of
 * @param json an object, as its author's browser sent it
 * @param clientSavedAt when that browser says it was
 */
record SavedState(
        ActivityKey activity,
        long revisionId,
        String json,
        Instant updatedAt,
        @Nullable Instant clientSavedAt) {}
