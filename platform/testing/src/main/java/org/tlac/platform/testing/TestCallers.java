package org.tlac.platform.testing;

import io.helidon.security.jwt.SignedJwt;
import io.helidon.security.jwt.jwk.Jwk;
import io.helidon.security.jwt.jwk.JwkEC;
import java.math.BigInteger;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.identity.InternalToken;
import org.tlac.platform.identity.Role;

/** Signs tokens as auth-service does, with a key of its own whose public half it serves; a service under test verifies them for real. */
public final class TestCallers implements AutoCloseable {

    private static final String KEY_ID = "test-key";

    public static final Caller PUPIL = new Caller(1, "ada.l", "Ada L.", Role.PUPIL, 2026, "10.0.0.1");
    public static final Caller OTHER_PUPIL = new Caller(2, "bob.m", "Bob M.", Role.PUPIL, 2026, "10.0.0.2");
    public static final Caller TEACHER = new Caller(3, "teacher", "Ms T.", Role.TEACHER, null, "10.0.0.3");
    public static final Caller ADMIN = new Caller(4, "admin", "Mr A.", Role.ADMIN, null, "10.0.0.4");

    private final Jwk key;
    private final StubService jwks;

    private TestCallers(Jwk key, StubService jwks) {
        this.key = key;
        this.jwks = jwks;
    }

    public static TestCallers start() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            ECPublicKey publicKey = (ECPublicKey) pair.getPublic();
            Jwk key = JwkEC.builder()
                    .keyId(KEY_ID)
                    .algorithm(InternalToken.ALGORITHM)
                    .privateKey((ECPrivateKey) pair.getPrivate())
                    .publicKey(publicKey)
                    .build();
            return new TestCallers(key, StubService.answering(200, jwks(publicKey)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has P-256", e);
        }
    }

    /** What a service under test is given as {@code identity.jwks}. */
    public URI jwks() {
        return jwks.uri().resolve("/.well-known/jwks.json");
    }

    /** The value of the Authorization header that proves this caller. */
    public String bearer(Caller caller) {
        var claims = InternalToken.claims(caller, KEY_ID, Instant.now(), InternalToken.MAX_LIFETIME);
        return "Bearer " + SignedJwt.sign(claims, key).tokenContent();
    }

    @Override
    public void close() {
        jwks.close();
    }

    private static String jwks(ECPublicKey key) {
        return """
                {"keys":[{"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":"%s","x":"%s","y":"%s"}]}""".formatted(
                        KEY_ID,
                        coordinate(key.getW().getAffineX()),
                        coordinate(key.getW().getAffineY()));
    }

    /** 32 bytes, big-endian, without the sign byte that BigInteger may add (RFC 7518, 6.2.1.2). */
    private static String coordinate(BigInteger value) {
        byte[] signed = value.toByteArray();
        byte[] fixed = new byte[32];
        int length = Math.min(32, signed.length);
        System.arraycopy(signed, signed.length - length, fixed, 32 - length, length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(fixed, 32));
    }
}
