package org.tlac.gateway.edge;

import java.util.Optional;
import org.tlac.platform.http.Authentication;
import org.tlac.platform.http.Call;
import org.tlac.platform.identity.Identity;

/** Knows callers by their session cookie and by nothing else: an Authorization header from outside proves nothing here. */
public final class SessionAuthentication implements Authentication {

    public static final String COOKIE = "tlac_session";

    private final Sessions sessions;
    private final ClientAddress clientAddress;

    public SessionAuthentication(Sessions sessions, ClientAddress clientAddress) {
        this.sessions = sessions;
        this.clientAddress = clientAddress;
    }

    @Override
    public Identity identify(Call call) {
        String address = clientAddress(call);
        Optional<Session> session = call.cookie(COOKIE).flatMap(cookie -> sessions.resolve(cookie, address));
        session.ifPresent(call.request().context()::register);
        return session.<Identity>map(found -> new Identity.User(found.caller()))
                .orElseGet(() -> new Identity.Anonymous(address));
    }

    @Override
    public String clientAddress(Call call) {
        return clientAddress.of(call);
    }
}
