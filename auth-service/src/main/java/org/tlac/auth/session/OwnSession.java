package org.tlac.auth.session;

import java.time.InstantSource;
import org.tlac.platform.db.Database;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;

/** The session that a call is about: the gateway names it in a header, and it must be the caller's own. */
public final class OwnSession {

    static final String HEADER = "X-Tlac-Session";

    private final Database database;
    private final Sessions sessions;
    private final InstantSource clock;

    public OwnSession(Database database, Sessions sessions, InstantSource clock) {
        this.database = database;
        this.sessions = sessions;
        this.clock = clock;
    }

    /** @throws ApiError 401 when the session is over, or is somebody else's */
    public Session of(Call call) {
        return call.header(HEADER)
                .flatMap(text -> sessions.find(database, SessionToken.presented(text), clock.instant()))
                .filter(session -> session.user().id() == call.caller().id())
                .orElseThrow(ApiError::notAuthenticated);
    }
}
