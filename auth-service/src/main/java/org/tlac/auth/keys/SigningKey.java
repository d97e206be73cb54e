package org.tlac.auth.keys;

import com.fasterxml.jackson.databind.JsonNode;
import io.helidon.security.jwt.jwk.JwkEC;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tlac.platform.http.Json;
import org.tlac.platform.identity.InternalToken;

/** A P-256 key with its id; private and public half as JSON Web Keys (RFC 7517). */
record SigningKey(String id, String privateJwk, String publicJwk) {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int COORDINATE_BYTES = 32;

    static SigningKey generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
            return of(generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has P-256", e);
        }
    }

    private static SigningKey of(KeyPair pair) {
        byte[] id = new byte[16];
        RANDOM.nextBytes(id);
        ECPublicKey point = (ECPublicKey) pair.getPublic();
        Map<String, String> jwk = new LinkedHashMap<>();
        jwk.put("kty", "EC");
        jwk.put("crv", "P-256");
        jwk.put("use", "sig");
        jwk.put("alg", InternalToken.ALGORITHM);
        jwk.put("kid", base64(id));
        jwk.put("x", number(point.getW().getAffineX()));
        jwk.put("y", number(point.getW().getAffineY()));
        String publicJwk = Json.text(jwk);
        jwk.put("d", number(((ECPrivateKey) pair.getPrivate()).getS()));
        return new SigningKey(base64(id), Json.text(jwk), publicJwk);
    }

    /** Both halves, for signing. */
    JwkEC jwk() {
        try (JsonReader reader = jakarta.json.Json.createReader(new StringReader(privateJwk))) {
            return JwkEC.create(reader.readObject());
        }
    }

    /** The public half, for everyone. */
    JsonNode published() {
        return Json.tree(publicJwk);
    }

    @Override
    public String toString() {
        return "SigningKey[" + id + "]";
    }

    /** 32 bytes, big-endian, without the sign byte that BigInteger may add (RFC 7518, 6.2.1.2). */
    private static String number(BigInteger value) {
        byte[] signed = value.toByteArray();
        byte[] fixed = new byte[COORDINATE_BYTES];
        int length = Math.min(COORDINATE_BYTES, signed.length);
        System.arraycopy(signed, signed.length - length, fixed, COORDINATE_BYTES - length, length);
        return base64(fixed);
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
