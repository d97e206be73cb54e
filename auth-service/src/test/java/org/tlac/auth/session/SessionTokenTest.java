package org.tlac.auth.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SessionTokenTest {

    @Test
    void fresh_is256BitsInBase64_andNeverTheSame() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            String text = SessionToken.fresh().text();
            assertThat(text).matches("[A-Za-z0-9_-]{43}");
            assertThat(seen.add(text)).isTrue();
        }
    }

    @Test
    void csrfToken_belongsToItsSession_andTellsNothingOfIt() {
        SessionToken token = SessionToken.fresh();
        assertThat(SessionToken.presented(token.text()).csrfToken()).isEqualTo(token.csrfToken());
        assertThat(SessionToken.fresh().csrfToken()).isNotEqualTo(token.csrfToken());
        assertThat(token.csrfToken()).matches("[A-Za-z0-9_-]{43}").isNotEqualTo(token.text());
        assertThat(token.toString()).doesNotContain(token.text());
    }

    @Test
    void hash_isSha256() {
        assertThat(SessionToken.presented("abc").hash())
                .asHexString()
                .isEqualToIgnoringCase("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
    }

    @Test
    void cookie_hasTheContractsAttributes() {
        assertThat(SessionCookie.of(SessionToken.presented("abc"), Duration.ofHours(8)))
                .isEqualTo("tlac_session=abc; HttpOnly; Secure; SameSite=Lax; Path=/; Max-Age=28800");
        assertThat(SessionCookie.cleared())
                .isEqualTo("tlac_session=; HttpOnly; Secure; SameSite=Lax; Path=/; Max-Age=0");
    }
}
