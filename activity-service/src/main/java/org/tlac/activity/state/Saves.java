package org.tlac.activity.state;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tlac.activity.marks.MarkStore;
import org.tlac.activity.pupil.Pupil;
import org.tlac.activity.state.StateRules.StateText;
import org.tlac.platform.course.ActivityKey;
import org.tlac.platform.db.Database;
import org.tlac.platform.db.Transaction;

/** Saves: state, revision and mark, all or none. Saves of one activity by one user come one after the other. */
final class Saves {

    private final Database database;
    private final StateStore states;
    private final RevisionStore revisions;
    private final MarkStore marks;
    private final InstantSource clock;
    private final long maxUserBytes;

    /** @param maxUserBytes how much all newest states of one user may take together: what listing them costs */
    Saves(
            Database database,
            StateStore states,
            RevisionStore revisions,
            MarkStore marks,
            InstantSource clock,
            long maxUserBytes) {
        this.database = database;
        this.states = states;
        this.revisions = revisions;
        this.marks = marks;
        this.clock = clock;
        this.maxUserBytes = maxUserBytes;
    }

    /** @param expectedRevision the revision that this work grew from; null to save whatever is there */
    record Save(
            Pupil pupil,
            ActivityKey activity,
            StateText text,
            @Nullable Instant clientSavedAt,
            @Nullable Long expectedRevision) {}

    SaveResult store(Save save) {
        return database.transaction(tx -> {
            if (save.expectedRevision() != null) {
                Optional<SavedState> current = states.lock(tx, save.pupil(), save.activity());
                if (current.isEmpty() || current.get().revisionId() != save.expectedRevision()) {
                    return new SaveResult.Stale(current);
                }
            }
            long bytes = (long) save.text().bytes() + StateStore.BYTES_AROUND;
            if (bytes + states.bytesOfOthers(tx, save.pupil(), save.activity()) > maxUserBytes) {
                return new SaveResult.OverQuota(maxUserBytes);
            }
            return write(tx, save);
        });
    }

    private SaveResult write(Transaction tx, Save save) {
        SaveResult.Stored stored = states.put(tx, save, clock.instant());
        revisions.append(tx, save, stored);
        marks.saved(tx, save.pupil(), save.activity(), stored.updatedAt());
        return stored;
    }
}
