package org.tlac.activity.state;

import java.time.Instant;
import java.util.Optional;

/** How a save ended. */
sealed interface SaveResult {

    record Stored(long revisionId, Instant updatedAt) implements SaveResult {}

    /** Somebody saved since the revision that the caller's work grew from; nothing was written. */
    record Stale(Optional<SavedState> current) implements SaveResult {}

    /** The user's states would take more than one user's may, all together; nothing was written. */
    record OverQuota(long maxBytes) implements SaveResult {}
}
