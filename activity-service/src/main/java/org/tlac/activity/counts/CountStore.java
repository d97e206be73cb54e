package org.tlac.activity.counts;

import java.util.Map;
import org.tlac.platform.db.Statements;

/** How much there is. */
final class CountStore {

    record Counts(long activityStates, long activityRevisions, long activityMarks) {}

    Counts counts(Statements db) {
        return db.queryOne(
                        "counts.totals",
                        """
                        select (select count(*) from activity_states) as states,
                               (select count(*) from activity_revisions) as revisions,
                               (select count(*) from activity_marks) as marks
                        """,
                        Map.of(),
                        row -> new Counts(row.longValue("states"), row.longValue("revisions"), row.longValue("marks")))
                .orElseThrow();
    }
}
