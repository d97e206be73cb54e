package org.tlac.platform.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.identity.InvalidTokenException;
import org.tlac.platform.identity.JwksClient;
import org.tlac.platform.identity.TokenVerifier;

class TestCallersTest {

    @Test
    void tokens_areVerifiedAsInProduction() {
        InstantSource clock = InstantSource.system();
        try (TestCallers callers = TestCallers.start();
                TestCallers strangers = TestCallers.start()) {
            TokenVerifier verifier = new TokenVerifier(new JwksClient(callers.jwks(), clock), clock);
            for (Caller caller :
                    List.of(TestCallers.PUPIL, TestCallers.OTHER_PUPIL, TestCallers.TEACHER, TestCallers.ADMIN)) {
                assertThat(verifier.verify(token(callers, caller))).isEqualTo(caller);
            }
            String forged = token(strangers, TestCallers.ADMIN);
            assertThatThrownBy(() -> verifier.verify(forged)).isInstanceOf(InvalidTokenException.class);
        }
    }

    private static String token(TestCallers callers, Caller caller) {
        return callers.bearer(caller).substring("Bearer ".length());
    }
}
