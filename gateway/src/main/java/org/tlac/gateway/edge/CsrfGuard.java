package org.tlac.gateway.edge;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;

/** A call that changes something must come from our own page: it carries the session's CSRF token, which no other site can read. */
public final class CsrfGuard {

    public static final String HEADER = "X-CSRF-Token";

    private static final Set<String> SAFE = Set.of("GET", "HEAD");

    private CsrfGuard() {}

    /** The same routes, behind this check. */
    public static Routes around(Routes routes) {
        return routes.map(route -> route.handledBy(call -> {
            check(call, route);
            return route.handler().handle(call);
        }));
    }

    private static void check(Call call, Route route) {
        if (SAFE.contains(call.method())) {
            return;
        }
        // Sign-in and bootstrap carry no token; browsers say themselves when another site sends them.
        if (call.header("Sec-Fetch-Site").filter("cross-site"::equals).isPresent()) {
            throw ApiError.forbidden("Calls from other sites are not allowed.");
        }
        if (route.access() == Access.ANYONE) {
            return;
        }
        String expected =
                Session.of(call).orElseThrow(ApiError::notAuthenticated).csrfToken();
        if (!matches(expected, call.header(HEADER).orElse(""))) {
            throw ApiError.forbidden("CSRF token is missing or wrong.");
        }
    }

    private static boolean matches(String expected, String presented) {
        return MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.UTF_8), presented.getBytes(StandardCharsets.UTF_8));
    }
}
