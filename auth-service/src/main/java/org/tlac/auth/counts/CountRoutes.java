package org.tlac.auth.counts;

import java.time.InstantSource;
import org.tlac.platform.db.Database;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;

/** This service's part of the numbers that the gateway shows admins. */
public final class CountRoutes {

    private final Database database;
    private final InstantSource clock;
    private final AccountCounts counts = new AccountCounts();

    public CountRoutes(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    public Routes routes() {
        return Routes.of(Route.get(
                "/internal/counts", Access.ADMIN, call -> Reply.json(counts.totals(database, clock.instant()))));
    }
}
