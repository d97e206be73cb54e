package org.tlac.platform.identity;

import io.helidon.security.jwt.Jwt;
import io.helidon.security.jwt.JwtException;
import io.helidon.security.jwt.SignedJwt;
import io.helidon.security.jwt.jwk.Jwk;
import io.helidon.security.jwt.jwk.JwkEC;
import io.helidon.security.jwt.jwk.JwkKeys;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Tells a genuine {@link InternalToken} from every other string. */
public final class TokenVerifier {

    /** Clocks of two machines of one school may differ by this much. */
    static final Duration CLOCK_SKEW = Duration.ofSeconds(10);

    /** A genuine token is about 500 characters; a longer one is not worth parsing. */
    static final int MAX_LENGTH = 4096;

    private final KeySource keys;
    private final InstantSource clock;

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
        SignedJwt signed = parse(token);
        Jwt jwt = signed.getJwt();
        // Before the signature: the algorithm is ours to choose, never the token's ("none", or HMAC with the public
        // key).
        if (!jwt.algorithm().filter(InternalToken.ALGORITHM::equals).isPresent()) {
            throw new InvalidTokenException("algorithm is not " + InternalToken.ALGORITHM);
        }
        Jwk key = jwt.keyId().flatMap(keys::key).orElseThrow(() -> new InvalidTokenException("unknown key"));
        if (!(key instanceof JwkEC)) {
            throw new InvalidTokenException("key is not an elliptic curve key");
        }
        checkSignature(signed, key);
        checkClaims(jwt, clock.instant());
        return InternalToken.caller(jwt);
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
