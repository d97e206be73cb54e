package org.tlac.platform.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.security.jwt.Jwt;
import io.helidon.security.jwt.SignedJwt;
import io.helidon.security.jwt.jwk.Jwk;
import io.helidon.security.jwt.jwk.JwkEC;
import jakarta.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenVerifierTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final Caller CALLER = new Caller(7, "ada.l", "Ada", Role.PUPIL, 2026, "10.0.0.7");
    private static final Jwk KEY = key("k1");

    private final TokenVerifier verifier =
            new TokenVerifier(id -> id.equals("k1") ? Optional.of(KEY) : Optional.empty(), InstantSource.fixed(NOW));

    @Test
    void genuineToken_givesItsCaller() {
        assertThat(verifier.verify(sign(token(NOW), KEY))).isEqualTo(CALLER);
        Caller teacher = new Caller(8, "t", "T", Role.TEACHER, null, "");
        assertThat(verifier.verify(sign(InternalToken.claims(teacher, "k1", NOW, Duration.ofSeconds(60)), KEY)))
                .isEqualTo(teacher);
    }

    @Test
    void tokenOfAnotherKey_isRefused() {
        assertRefused(sign(token(NOW), key("k1")), "signature");
        assertRefused(sign(InternalToken.claims(CALLER, "k2", NOW, Duration.ofSeconds(60)), key("k2")), "unknown key");
    }

    @Test
    void changedPayload_isRefused() {
        String[] parts = sign(token(NOW), KEY).split("\\.", -1);
        String payload = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
        String forged = payload.replace("\"pupil\"", "\"admin\"");
        assertThat(forged).isNotEqualTo(payload);
        String encoded =
                Base64.getUrlEncoder().withoutPadding().encodeToString(forged.getBytes(StandardCharsets.UTF_8));
        assertRefused(parts[0] + "." + encoded + "." + parts[2], "signature");
    }

    @Test
    void unsignedToken_isRefused() {
        Jwt none = Jwt.builder()
                .algorithm("none")
                .keyId("k1")
                .issuer(InternalToken.ISSUER)
                .build();
        assertRefused(SignedJwt.sign(none, Jwk.NONE_JWK).tokenContent(), "algorithm");
    }

    @Test
    void hmacWithThePublicKey_isRefused() {
        byte[] publicBytes = ((JwkEC) KEY).publicKey().getEncoded();
        String key = Base64.getUrlEncoder().withoutPadding().encodeToString(publicBytes);
        Jwk hmac = Jwk.create(Json.createObjectBuilder()
                .add("kty", "oct")
                .add("kid", "k1")
                .add("alg", "HS256")
                .add("k", key)
                .build());
        Jwt jwt = Jwt.builder()
                .algorithm("HS256")
                .keyId("k1")
                .issuer(InternalToken.ISSUER)
                .build();
        assertRefused(SignedJwt.sign(jwt, hmac).tokenContent(), "algorithm");
    }

    @Test
    void expiredToken_isRefusedAfterTheClockSkew() {
        Instant edge = NOW.minus(InternalToken.MAX_LIFETIME).minus(TokenVerifier.CLOCK_SKEW);
        assertThat(verifier.verify(sign(token(edge.plusSeconds(1)), KEY))).isEqualTo(CALLER);
        assertRefused(sign(token(edge), KEY), "expired");
    }

    @Test
    void rememberedToken_isRefusedOnceItExpired() {
        Instant[] now = {NOW};
        TokenVerifier remembering = new TokenVerifier(id -> Optional.of(KEY), () -> now[0]);
        String token = sign(token(NOW), KEY);
        assertThat(remembering.verify(token)).isEqualTo(CALLER);
        now[0] = NOW.plus(InternalToken.MAX_LIFETIME);
        assertThat(remembering.verify(token)).isEqualTo(CALLER);
        assertThat(remembering.remembered()).isEqualTo(1);
        now[0] = now[0].plus(TokenVerifier.CLOCK_SKEW);
        assertThatThrownBy(() -> remembering.verify(token))
                .isInstanceOf(InvalidTokenException.class)
                .hasMessageContaining("expired");
    }

    @Test
    void rememberedToken_isRefusedOnceItsKeyIsWithdrawnOrAnother() {
        Map<String, Jwk> keys = new HashMap<>(Map.of("k1", KEY));
        TokenVerifier remembering =
                new TokenVerifier(id -> Optional.ofNullable(keys.get(id)), InstantSource.fixed(NOW));
        String token = sign(token(NOW), KEY);
        assertThat(remembering.verify(token)).isEqualTo(CALLER);
        keys.put("k1", key("k1"));
        assertThatThrownBy(() -> remembering.verify(token))
                .isInstanceOf(InvalidTokenException.class)
                .hasMessageContaining("signature");
        keys.remove("k1");
        assertThatThrownBy(() -> remembering.verify(token))
                .isInstanceOf(InvalidTokenException.class)
                .hasMessageContaining("unknown key");
    }

    @Test
    void refusedTokens_areNotRemembered_andGenuineOnesUpToABound() {
        assertRefused(sign(token(NOW), key("k1")), "signature");
        assertRefused(sign(token(NOW.minusSeconds(600)), KEY), "expired");
        assertThat(verifier.remembered()).isZero();
        for (int i = 0; i <= TokenVerifier.MAX_REMEMBERED; i++) {
            Caller pupil = new Caller(i, "ada.l", "Ada", Role.PUPIL, 2026, "10.0.0.7");
            verifier.verify(sign(InternalToken.claims(pupil, "k1", NOW, Duration.ofSeconds(60)), KEY));
        }
        assertThat(verifier.remembered()).isEqualTo(TokenVerifier.MAX_REMEMBERED);
    }

    @Test
    void tokenFromTheFuture_isRefusedBeyondTheClockSkew() {
        assertThat(verifier.verify(sign(token(NOW.plus(TokenVerifier.CLOCK_SKEW)), KEY)))
                .isEqualTo(CALLER);
        assertRefused(sign(token(NOW.plus(TokenVerifier.CLOCK_SKEW).plusSeconds(1)), KEY), "future");
    }

    @Test
    void wrongOrMissingClaims_areRefused() {
        assertRefused(altered(jwt -> jwt.issuer("someone")), "issuer");
        assertRefused(altered(jwt -> jwt.addAudience("others")), "audience");
        assertRefused(altered(jwt -> jwt.expirationTime(NOW.plusSeconds(600))), "too long");
        assertRefused(altered(jwt -> jwt.expirationTime(null)), "expiration");
        assertRefused(altered(jwt -> jwt.issueTime(null)), "issue");
        assertRefused(altered(jwt -> jwt.subject("seven")), "claims");
        assertRefused(altered(jwt -> jwt.addUserGroup("admin")), "claims");
        assertRefused(altered(jwt -> jwt.preferredUsername(null)), "claims");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "ä.ö.ü", "e30.e30.e30"})
    void strings_areRefused(String token) {
        assertThatThrownBy(() -> verifier.verify(token)).isInstanceOf(InvalidTokenException.class);
        assertThatThrownBy(() -> verifier.verify("x".repeat(TokenVerifier.MAX_LENGTH + 1)))
                .isInstanceOf(InvalidTokenException.class);
    }

    private void assertRefused(String token, String because) {
        assertThatThrownBy(() -> verifier.verify(token))
                .isInstanceOf(InvalidTokenException.class)
                .hasMessageContaining(because);
    }

    private static Jwt token(Instant issuedAt) {
        return InternalToken.claims(CALLER, "k1", issuedAt, Duration.ofSeconds(60));
    }

    private static String altered(UnaryOperator<Jwt.Builder> change) {
        Jwt.Builder jwt = Jwt.builder()
                .algorithm(InternalToken.ALGORITHM)
                .keyId("k1")
                .issuer(InternalToken.ISSUER)
                .addAudience(InternalToken.AUDIENCE)
                .issueTime(NOW)
                .expirationTime(NOW.plusSeconds(60))
                .subject("7")
                .preferredUsername("ada.l")
                .fullName("Ada")
                .addUserGroup("pupil");
        return sign(change.apply(jwt).build(), KEY);
    }

    private static String sign(Jwt jwt, Jwk key) {
        return SignedJwt.sign(jwt, key).tokenContent();
    }

    private static Jwk key(String id) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            return JwkEC.builder()
                    .keyId(id)
                    .algorithm(InternalToken.ALGORITHM)
                    .privateKey((ECPrivateKey) pair.getPrivate())
                    .publicKey((ECPublicKey) pair.getPublic())
                    .build();
        } catch (java.security.GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
