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
    private final CountStore store = new CountStore();

    public CountRoutes(Database database) {
        this.database = database;
    }

    public Routes routes() {
        return Routes.of(Route.get("/internal/counts", Access.ADMIN, this::counts));
    }

    private Reply counts(Call call) {
        return Reply.json(store.counts(database));
    }
}
