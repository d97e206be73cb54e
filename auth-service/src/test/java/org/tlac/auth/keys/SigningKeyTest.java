package org.tlac.auth.keys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.helidon.security.jwt.jwk.JwkEC;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class SigningKeyTest {

    /** Repeated, since one number in 256 begins with a zero byte and one in two with a sign byte. */
    @RepeatedTest(300)
    void everyKey_hasNumbersOf32Bytes_andVerifiesWhatItSigned() {
        SigningKey key = SigningKey.generate();
        JsonNode published = key.published();
        byte[] text = "text".getBytes(StandardCharsets.UTF_8);

        assertThat(published.required("x").asText()).hasSize(43);
        assertThat(published.required("y").asText()).hasSize(43);
        JwkEC jwk = key.jwk();
        assertThat(jwk.keyId()).isEqualTo(key.id());
        assertThat(jwk.verifySignature(text, jwk.sign(text))).isTrue();
    }

    @Test
    void publishedHalf_hasNoPrivateNumber() {
        SigningKey key = SigningKey.generate();
        List<String> names = new ArrayList<>();
        key.published().fieldNames().forEachRemaining(names::add);
        assertThat(names).containsExactly("kty", "crv", "use", "alg", "kid", "x", "y");
        assertThat(key.privateJwk()).contains("\"d\"");
        assertThat(key.toString()).isEqualTo("SigningKey[" + key.id() + "]");
    }
}
