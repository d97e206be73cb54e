package org.tlac.auth.session;

import java.time.Duration;

/** The Set-Cookie header of a session (RFC 6265). */
public final class SessionCookie {

    private static final String FORM = "tlac_session=%s; HttpOnly; Secure; SameSite=Lax; Path=/; Max-Age=%d";

    private SessionCookie() {}

    public static String of(SessionToken token, Duration maxAge) {
        return FORM.formatted(token.text(), maxAge.toSeconds());
    }

    /** Makes the browser forget it. */
    static String cleared() {
        return FORM.formatted("", 0);
    }
}
