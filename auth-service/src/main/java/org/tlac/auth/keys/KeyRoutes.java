package org.tlac.auth.keys;

import java.util.Map;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;

/** The public keys, as a JSON Web Key Set. */
public final class KeyRoutes {

    private final SigningKeys keys;

    public KeyRoutes(SigningKeys keys) {
        this.keys = keys;
    }

    public Routes routes() {
        return Routes.of(Route.get(
                "/.well-known/jwks.json", Access.ANYONE, call -> Reply.json(Map.of("keys", keys.published()))));
    }
}
