package org.tlac.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tlac.auth.RunningService.Answer;
import org.tlac.platform.testing.Scrape;

class LockoutServerTest {

    private static final String WRONG = "wrong password";
    private static final String HOME = "192.0.2.1";
    private static final String SCHOOL = "192.0.2.2";
    private static final String STRANGER = "203.0.113.3";

    private final RunningService service = RunningService.shared();

    private int login(String username, String password, String address) {
        return service.login(username, password, address).status();
    }

    private void fail(String username, String address, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(login(username, WRONG, address)).isEqualTo(401);
        }
    }

    @Test
    void locksGrow_andTheRightPasswordOpensAfterEach() {
        String pupil = service.user("pupil");
        fail(pupil, HOME, 3);
        for (int seconds : List.of(30, 30, 120, 120, 300, 300, 600, 600)) {
            Answer locked = service.login(pupil, RunningService.PASSWORD, HOME);
            assertThat(locked.status()).isEqualTo(429);
            assertThat(locked.detail()).isEqualTo("Too many attempts. Try again shortly.");
            assertThat(Integer.parseInt(locked.header("Retry-After"))).isBetween(seconds - 15, seconds);
            service.clock().advance(Duration.ofSeconds(seconds));
            fail(pupil, HOME, 1);
        }
        service.clock().advance(Duration.ofMinutes(10));
        assertThat(login(pupil, RunningService.PASSWORD, HOME)).isEqualTo(200);
        // A success forgets them all.
        fail(pupil, HOME, 2);
        assertThat(login(pupil, RunningService.PASSWORD, HOME)).isEqualTo(200);
    }

    @Test
    void attemptsWhileLocked_doNotProlongIt() {
        String pupil = service.user("pupil");
        fail(pupil, HOME, 3);
        for (int i = 0; i < 5; i++) {
            assertThat(login(pupil, WRONG, HOME)).isEqualTo(429);
        }
        service.clock().advance(Duration.ofSeconds(30));
        assertThat(login(pupil, RunningService.PASSWORD, HOME)).isEqualTo(200);
    }

    @Test
    void account_isLockedForEveryAddressThatItsUserNeverUsed() {
        String pupil = service.user("pupil");
        fail(pupil, STRANGER, 2);
        fail(pupil, SCHOOL, 1);
        assertThat(login(pupil, RunningService.PASSWORD, HOME)).isEqualTo(429);
        assertThat(login(pupil, RunningService.PASSWORD, STRANGER)).isEqualTo(429);
    }

    @Test
    void stranger_cannotKeepAPupilOutOfTheirOwnAddress() {
        String pupil = service.user("pupil");
        assertThat(login(pupil, RunningService.PASSWORD, HOME)).isEqualTo(200);
        fail(pupil, STRANGER, 3);
        assertThat(login(pupil, WRONG, STRANGER)).isEqualTo(429);
        assertThat(login(pupil, RunningService.PASSWORD, HOME)).isEqualTo(200);
        // The pupil's success opened the account, but not the stranger's address.
        assertThat(login(pupil, RunningService.PASSWORD, STRANGER)).isEqualTo(429);
        // A known address has no more guesses than any other.
        fail(pupil, HOME, 3);
        assertThat(login(pupil, RunningService.PASSWORD, HOME)).isEqualTo(429);
    }

    @Test
    void addressStaysKnown_for30Days() {
        String pupil = service.user("pupil");
        assertThat(login(pupil, RunningService.PASSWORD, HOME)).isEqualTo(200);
        service.clock().advance(Duration.ofDays(29));
        fail(pupil, STRANGER, 3);
        assertThat(login(pupil, RunningService.PASSWORD, HOME)).isEqualTo(200);
        service.clock().advance(Duration.ofDays(30));
        fail(pupil, STRANGER, 3);
        assertThat(login(pupil, RunningService.PASSWORD, HOME)).isEqualTo(429);
    }

    @Test
    void schoolThatWantsIt_locksAccountsEverywhere() {
        String pupil = service.user("pupil");
        try (RunningService strict = service.replica(Map.of("login.knownaddress", "PT0S"))) {
            assertThat(strict.login(pupil, RunningService.PASSWORD, HOME).status())
                    .isEqualTo(200);
            fail(pupil, STRANGER, 3);
            assertThat(strict.login(pupil, RunningService.PASSWORD, HOME).status())
                    .isEqualTo(429);
        }
    }

    @Test
    void onePupil_doesNotLockTheClassBehindTheSameAddress() {
        String clumsy = service.user("pupil");
        String other = service.user("pupil");
        fail(clumsy, SCHOOL, 3);
        assertThat(login(clumsy, WRONG, SCHOOL)).isEqualTo(429);
        assertThat(login(other, RunningService.PASSWORD, SCHOOL)).isEqualTo(200);
    }

    @Test
    void nameThatNobodyHas_locksLikeAnyOther() {
        String nobody = RunningService.newName();
        fail(nobody, HOME, 3);
        assertThat(login(nobody, WRONG, HOME)).isEqualTo(429);
    }

    @Test
    void parallelGuesses_doNotExceedTheLimit() throws Exception {
        String pupil = service.user("pupil");
        Scrape before = service.scrape();

        var answers = Together.run(20, i -> service.login(pupil, WRONG, i % 2 == 0 ? HOME : STRANGER));

        assertThat(answers).filteredOn(answer -> answer.status() == 401).hasSize(3);
        assertThat(answers).filteredOn(answer -> answer.status() == 429).hasSize(17);
        Scrape after = service.scrape();
        assertThat(after.since(before, "tlac_auth_login_attempts_total", "status", "failed"))
                .isEqualTo(3);
        assertThat(after.since(before, "tlac_auth_login_attempts_total", "status", "rate_limited"))
                .isEqualTo(17);
        assertThat(after.since(before, "tlac_rate_limit_usage_bucket", "endpoint", "/api/auth/login", "le", "75.0"))
                .isEqualTo(2);
        assertThat(service.count(
                        "select failures from auth.login_attempts where username = ? and client_address = '*'", pupil))
                .isEqualTo(3);
    }

    @Test
    void rightGuessAmongParallelOnes_isNotTold_onceTheLimitIsReached() throws Exception {
        String pupil = service.user("pupil");
        var answers = Together.run(20, i -> service.login(pupil, i == 10 ? RunningService.PASSWORD : WRONG, STRANGER));

        long wrong = answers.stream().filter(answer -> answer.status() == 401).count();
        long right = answers.stream().filter(answer -> answer.status() == 200).count();
        // Before the right one at most two may fail; after it, which resets, three.
        assertThat(wrong).isBetween(3L, right == 1 ? 5L : 3L);
    }

    @Test
    void manyAtOnceWithTheRightPassword_allGetIn() throws Exception {
        String teacher = service.user("teacher");
        var answers = Together.run(20, i -> service.login(teacher, RunningService.PASSWORD, SCHOOL));
        assertThat(answers).extracting(Answer::status).containsOnly(200);
        assertThat(answers).extracting(Answer::cookie).doesNotHaveDuplicates();
    }

    @Test
    void restart_keepsLocksAndSessions_andEveryReplicaKnowsThem() {
        String pupil = service.user("pupil");
        String teacher = service.user("teacher");
        String cookie = service.login(teacher, RunningService.PASSWORD).cookie();
        fail(pupil, HOME, 2);
        try (RunningService other = service.replica(Map.of())) {
            assertThat(other.login(pupil, WRONG, HOME).status()).isEqualTo(401);
            assertThat(other.login(pupil, RunningService.PASSWORD, HOME).status())
                    .isEqualTo(429);
            assertThat(other.resolve(cookie).status()).isEqualTo(200);
        }
        assertThat(login(pupil, RunningService.PASSWORD, HOME)).isEqualTo(429);
        try (RunningService restarted = service.replica(Map.of())) {
            assertThat(restarted.login(pupil, RunningService.PASSWORD, HOME).status())
                    .isEqualTo(429);
            assertThat(restarted.resolve(cookie).status()).isEqualTo(200);
        }
    }

    @Test
    void failuresAreForgotten_afterADayWithoutAnother_andRemoved() {
        String pupil = service.user("pupil");
        fail(pupil, HOME, 2);
        service.clock().advance(Duration.ofHours(23));
        fail(pupil, HOME, 1);
        assertThat(login(pupil, RunningService.PASSWORD, HOME)).isEqualTo(429);
        service.clock().advance(Duration.ofHours(25));
        fail(pupil, HOME, 2);
        service.clock().advance(Duration.ofHours(25));
        RunningService.await(
                "old attempts are removed",
                () -> service.count("select count(*) from auth.login_attempts where username = ?", pupil) == 0);
    }

    @Test
    void oddAddresses_areAddressesLikeOthers() {
        for (String address : List.of("*", "", "' or true --")) {
            String pupil = service.user("pupil");
            fail(pupil, address, 3);
            assertThat(login(pupil, WRONG, address)).isEqualTo(429);
        }
    }

    @Test
    void overlongAddress_isCut() {
        String pupil = service.user("pupil");
        fail(pupil, "9".repeat(2000), 1);
        assertThat(service.count(
                        "select max(length(client_address)) from auth.login_attempts where username = ?", pupil))
                .isEqualTo(100);
    }
}
