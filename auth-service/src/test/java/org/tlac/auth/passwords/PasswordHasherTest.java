package org.tlac.auth.passwords;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.platform.http.ApiError;

class PasswordHasherTest {

    private static final PasswordHasher HASHER = new PasswordHasher(2, Duration.ofSeconds(30));

    @AfterAll
    static void close() {
        HASHER.close();
    }

    @Test
    void hash_isInPhcForm_withOurParameters() {
        assertThat(HASHER.hash("correct horse"))
                .matches("\\$argon2id\\$v=19\\$m=65536,t=2,p=1\\$[A-Za-z0-9+/]{22,}\\$[A-Za-z0-9+/]{43,}");
    }

    @Test
    void sameParametersElsewhere_verify() {
        // From the reference implementation's own tests: what databases of schools hold looks like this.
        Optional<String> reference =
                Optional.of("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc");
        assertThat(HASHER.matches(reference, "password")).isTrue();
        assertThat(HASHER.matches(reference, "Password")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pässwörd",
                "\u5B57\u5B57\u5B57\u5B57\u5B57\u5B57\u5B57\u5B57",
                "\uD83D\uDE00 emoji \uD83D\uDE00",
                "        "
            })
    void everyAlphabet_isHashed(String password) {
        Optional<String> hash = Optional.of(HASHER.hash(password));
        assertThat(HASHER.matches(hash, password)).isTrue();
        assertThat(HASHER.matches(hash, password + " ")).isFalse();
    }

    @Test
    void noAccount_neverMatches_notEvenWithThePasswordOfTheHashInItsPlace() {
        assertThat(HASHER.matches(Optional.empty(), "nobody")).isFalse();
    }

    @Test
    void unreadableHash_matchesNothing() {
        assertThat(HASHER.matches(Optional.of("plain text"), "plain text")).isFalse();
        assertThat(HASHER.matches(Optional.of(""), "")).isFalse();
    }

    @Test
    void tooManyAtOnce_areRefusedWith503() throws Exception {
        try (PasswordHasher one = new PasswordHasher(1, Duration.ofMillis(1));
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch go = new CountDownLatch(1);
            List<Future<String>> hashes = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                hashes.add(callers.submit(() -> {
                    go.await();
                    return one.hash("correct horse");
                }));
            }
            go.countDown();
            int done = 0;
            for (Future<String> hash : hashes) {
                try {
                    assertThat(hash.get()).startsWith("$argon2id$");
                    done++;
                } catch (java.util.concurrent.ExecutionException e) {
                    assertThat(e.getCause()).isInstanceOf(ApiError.class);
                    assertThat(((ApiError) e.getCause()).status()).isEqualTo(503);
                }
            }
            assertThat(done).isBetween(1, 9);
            // A refusal gave no turn back that it did not have, and kept none.
            assertThat(one.hash("correct horse")).startsWith("$argon2id$");
        }
    }

    @Test
    void interruptedCaller_isRefused_andStaysInterrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> HASHER.hash("correct horse")).isInstanceOf(ApiError.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
