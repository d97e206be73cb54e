package org.tlac.platform.identity;

import io.helidon.security.jwt.Jwt;
import io.helidon.security.jwt.JwtException;
import io.helidon.security.jwt.SignedJwt;
import io.helidon.security.jwt.jwk.Jwk;
import io.helidon.security.jwt.jwk.JwkEC;
import io.helidon.security.jwt.jwk.JwkKeys;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells a genuine {@link InternalToken} from every other string.
 *
 * <p>A signature takes milliseconds to check, and the gateway passes the same token on with every call of a session for seconds: one that
 * was found genuine is remembered. Its times and its key are checked at every call all the same.
 */
public final class TokenVerifier {

    /** Clocks of two machines of one school may differ by this much. */
    static final Duration CLOCK_SKEW = Duration.ofSeconds(10);

    /** A genuine token is about 500 characters; a longer one is not worth parsing. */
    static final int MAX_LENGTH = 4096;

    /** Sessions whose tokens are remembered; one more makes the least recently used be checked anew. */
    static final int MAX_REMEMBERED = 1000;

    private final KeySource keys;
    private final InstantSource clock;
    private final Map<Digest, Genuine> remembered = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Digest, Genuine> eldest) {
            return size() > MAX_REMEMBERED;
        }
    });

    /** SHA-256 of a token: neither the memory nor the time of a lookup tells anything of the token itself. */
    private record Digest(ByteBuffer bytes) {

        static Digest of(String token) {
            try {
                byte[] bytes = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
                return new Digest(ByteBuffer.wrap(bytes));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("Every Java has SHA-256", e);
            }
        }
    }

    private record Genuine(Jwt jwt, JwkEC key) {}

    public TokenVerifier(KeySource keys, InstantSource clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * The caller whom the token vouches for.
     *
     * @throws InvalidTokenException when it is not a token that auth-service signed for TLAC's services within the last minute
     * @throws KeysUnavailableException when that cannot be known now
     */
    public Caller verify(String token) {
        if (token.length() > MAX_LENGTH) {
            throw new InvalidTokenException("longer than " + MAX_LENGTH + " characters");
        }
        Digest digest = Digest.of(token);
        Genuine known = remembered.get(digest);
        Genuine genuine = known != null && isCurrent(known) ? known : genuine(token);
        checkClaims(genuine.jwt(), clock.instant());
        remembered.put(digest, genuine);
        return InternalToken.caller(genuine.jwt());
    }

    /** A key that auth-service no longer publishes vouches for nothing, remembered or not. */
    private boolean isCurrent(Genuine known) {
        return known.jwt()
                .keyId()
                .flatMap(keys::key)
                .filter(known.key()::equals)
                .isPresent();
    }

    private Genuine genuine(String token) {
        SignedJwt signed = parse(token);
        Jwt jwt = signed.getJwt();
        // Before the signature: the algorithm is ours to choose, never the token's ("none", or HMAC with the public
        // key).
        if (!jwt.algorithm().filter(InternalToken.ALGORITHM::equals).isPresent()) {
            throw new InvalidTokenException("algorithm is not " + InternalToken.ALGORITHM);
        }
        Jwk key = jwt.keyId().flatMap(keys::key).orElseThrow(() -> new InvalidTokenException("unknown key"));
        if (!(key instanceof JwkEC curve)) {
            throw new InvalidTokenException("key is not an elliptic curve key");
        }
        checkSignature(signed, curve);
        return new Genuine(jwt, curve);
    }

    /** Tokens remembered now. */
    int remembered() {
        return remembered.size();
    }

    private static SignedJwt parse(String token) {
        try {
            return SignedJwt.parseToken(token);
        } catch (RuntimeException e) {
            // JwtException for a wrong form; what JSON and Base64 parsers throw for the rest is not documented.
            throw new InvalidTokenException("not a JWT: " + e.getClass().getSimpleName());
        }
    }

    private static void checkSignature(SignedJwt signed, Jwk key) {
        try {
            if (!signed.verifySignature(JwkKeys.builder().addKey(key).build()).isValid()) {
                throw new InvalidTokenException("signature does not match");
            }
        } catch (JwtException e) {
            throw new InvalidTokenException("signature cannot be checked: " + e.getMessage());
        }
    }

    private static void checkClaims(Jwt jwt, Instant now) {
        require(jwt.issuer().filter(InternalToken.ISSUER::equals).isPresent(), "wrong issuer");
        require(jwt.audience().filter(List.of(InternalToken.AUDIENCE)::equals).isPresent(), "wrong audience");
        Instant issued = jwt.issueTime().orElseThrow(() -> new InvalidTokenException("no time of issue"));
        Instant expires = jwt.expirationTime().orElseThrow(() -> new InvalidTokenException("no expiration"));
        require(!issued.isAfter(now.plus(CLOCK_SKEW)), "issued in the future");
        require(expires.isAfter(now.minus(CLOCK_SKEW)), "expired");
        require(!expires.isAfter(issued.plus(InternalToken.MAX_LIFETIME)), "lives too long");
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new InvalidTokenException(otherwise);
        }
    }
}
