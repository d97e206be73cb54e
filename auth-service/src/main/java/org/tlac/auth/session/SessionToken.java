package org.tlac.auth.session;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret that a browser holds as its session cookie: 256 random bits in Base64. The database knows its SHA-256; the CSRF token is made
 * from it, so whoever reads the database has neither.
 */
public final class SessionToken {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 32;
    private static final byte[] CSRF = "tlac csrf token".getBytes(StandardCharsets.UTF_8);

    private final String text;

    private SessionToken(String text) {
        this.text = text;
    }

    static SessionToken fresh() {
        byte[] bits = new byte[BYTES];
        RANDOM.nextBytes(bits);
        return new SessionToken(base64(bits));
    }

    /** What somebody presents as one; whether it is one, the database knows. */
    static SessionToken presented(String text) {
        return new SessionToken(text);
    }

    /** The cookie's value. */
    public String text() {
        return text;
    }

    byte[] hash() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** What mutating calls of this session carry. */
    public String csrfToken() {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(bytes(), "HmacSHA256"));
            return base64(mac.doFinal(CSRF));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has HMAC with SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "SessionToken[hidden]";
    }

    private byte[] bytes() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
