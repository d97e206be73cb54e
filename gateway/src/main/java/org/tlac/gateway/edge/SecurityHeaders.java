package org.tlac.gateway.edge;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.tlac.platform.http.Reply.Header;

/** The headers of every answer at the edge, after OWASP's HTTP headers cheat sheet. */
public final class SecurityHeaders {

    private static final String CONTENT_SECURITY_POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; "
            + "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private SecurityHeaders() {}

    /** @param hsts zero for no Strict-Transport-Security */
    public static List<Header> headers(Duration hsts) {
        List<Header> headers = new ArrayList<>(List.of(
                new Header("Content-Security-Policy", CONTENT_SECURITY_POLICY),
                new Header("X-Content-Type-Options", "nosniff"),
                new Header("X-Frame-Options", "DENY"),
                new Header("Referrer-Policy", "same-origin"),
                new Header("Cross-Origin-Opener-Policy", "same-origin"),
                new Header("Cross-Origin-Resource-Policy", "same-origin"),
                new Header("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
                new Header("Cache-Control", "no-store")));
        if (!hsts.isZero()) {
            headers.add(new Header("Strict-Transport-Security", "max-age=" + hsts.toSeconds()));
        }
        return headers;
    }
}
