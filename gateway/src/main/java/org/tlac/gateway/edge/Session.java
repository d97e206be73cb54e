package org.tlac.gateway.edge;

import java.time.Instant;
import java.util.Optional;
import org.tlac.platform.http.Call;
import org.tlac.platform.identity.Caller;

/**
 * A session as auth-service vouched for it.
 *
 * @param cookie the session's secret, as the browser sent it
 * @param token what services behind us believe, valid until {@code tokenExpiresAt}
 * @param csrfToken what mutating calls must carry
 */
public record Session(String cookie, String token, Instant tokenExpiresAt, String csrfToken, Caller caller) {

    /** The session that a call was found to belong to; empty when it was not asked for, or there is none. */
    public static Optional<Session> of(Call call) {
        return call.request().context().get(Session.class);
    }

    @Override
    public String toString() {
        return "Session[" + caller.username() + "]";
    }
}
