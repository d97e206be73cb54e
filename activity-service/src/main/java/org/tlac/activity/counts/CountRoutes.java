package org.tlac.activity.counts;

import org.tlac.platform.db.Database;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;

/** Exact row counts, which the gateway puts into an admin's {@code /api/metrics}. */
public final class CountRoutes {

    private final Database database;

    public CountRoutes(Database database) {
        this.database = database;
    }

    public Routes routes() {
        return Routes.of(Route.get("/internal/counts", Access.ADMIN, this::counts));
    }

    record Counts(long activityStates, long activityRevisions, long activityMarks) {}

    private Reply counts(Call call) {
        return Reply.json(database.queryOne(
                        "counts",
                        """
                        select (select count(*) from activity_states) as states,
                               (select count(*) from activity_revisions) as revisions,
                               (select count(*) from activity_marks) as marks
                        """,
                        java.util.Map.of(),
                        row -> new Counts(row.longValue("states"), row.longValue("revisions"), row.longValue("marks")))
                .orElseThrow());
    }
}
