package org.tlac.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.auth.RunningService.Answer;
import org.tlac.platform.testing.Scrape;

class LoginServerTest {

    private static final String LOGIN = "/api/auth/login";
    private static final String ATTEMPTS = "tlac_auth_login_attempts_total";

    private final RunningService service = RunningService.shared();
    private Scrape before;

    @BeforeEach
    void scrape() {
        before = service.scrape();
    }

    private void counted(int success, int failed, int rateLimited) {
        Scrape after = service.scrape();
        assertThat(after.since(before, ATTEMPTS, "status", "success")).isEqualTo(success);
        assertThat(after.since(before, ATTEMPTS, "status", "failed")).isEqualTo(failed);
        assertThat(after.since(before, ATTEMPTS, "status", "rate_limited")).isEqualTo(rateLimited);
        assertThat(after.since(before, "tlac_rate_limit_usage_count", "endpoint", LOGIN))
                .isEqualTo(success + failed + rateLimited);
        assertThat(after.since(before, "tlac_rate_limit_exceeded_total", "endpoint", LOGIN, "limit_type", "login"))
                .isEqualTo(rateLimited);
    }

    @Test
    void rightPassword_signsIn() {
        String pupil = service.user("pupil");
        Answer answer = service.login(pupil, RunningService.PASSWORD, "10.2.3.4");

        assertThat(answer.status()).isEqualTo(200);
        long id = service.count("select id from auth.users where username = ?", pupil);
        assertThat(answer.response().body())
                .isEqualTo("{\"ok\":true,\"user\":{\"id\":" + id + ",\"username\":\"" + pupil + "\",\"name\":\"Name of "
                        + pupil + "\",\"role\":\"pupil\",\"cohort_year\":2026}}");
        assertThat(answer.header("Set-Cookie"))
                .matches("tlac_session=[A-Za-z0-9_-]{43}; HttpOnly; Secure; SameSite=Lax; Path=/; Max-Age=28800");
        counted(1, 0, 0);
        assertThat(service.text("select last_login_at from auth.users where id = ?", id))
                .isNotNull();
        assertThat(service.text("select concat_ws(' ', actor_username, ip_address, user_agent <> '') "
                        + "from audit.audit_logs where action = 'login' order by id desc limit 1"))
                .isEqualTo(pupil + " 10.2.3.4 t");
        assertThat(service.scrape().since(before, "tlac_audit_entries_total", "action", "login"))
                .isEqualTo(1);
    }

    @Test
    void cookie_isStoredAsItsHashOnly() {
        String cookie =
                service.login(service.user("pupil"), RunningService.PASSWORD).cookie();
        assertThat(service.count(
                        "select count(*) from auth.sessions where token_hash = sha256(convert_to(?, 'UTF8'))", cookie))
                .isEqualTo(1);
        assertThat(service.count(
                        "select count(*) from auth.sessions where strpos(cast(sessions as text), ?) > 0", cookie))
                .isZero();
    }

    @Test
    void username_isTrimmedAndLowerCased() {
        String pupil = service.user("pupil");
        assertThat(service.login("  " + pupil.toUpperCase(java.util.Locale.ROOT) + "\t", RunningService.PASSWORD)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void wrongPassword_andUnknownUser_areToldTheSame() {
        Answer wrong = service.login(service.user("pupil"), "wrong password");
        Answer unknown = service.login(RunningService.newName(), "wrong password");
        assertThat(List.of(wrong.status(), unknown.status())).containsOnly(401);
        assertThat(List.of(wrong.response().body(), unknown.response().body()))
                .containsOnly("{\"detail\":\"Invalid username or password.\"}");
        assertThat(wrong.header("Set-Cookie")).isEmpty();
        counted(0, 2, 0);
    }

    @Test
    void disabledAccount_isToldSo_onlyWithTheRightPassword() {
        String pupil = service.user("pupil");
        service.execute("update auth.users set active = false where username = ?", pupil);

        Answer wrong = service.login(pupil, "wrong password");
        assertThat(wrong.status()).isEqualTo(401);
        Answer right = service.login(pupil, RunningService.PASSWORD);
        assertThat(right.status()).isEqualTo(403);
        assertThat(right.detail()).isEqualTo("Account disabled.");
        assertThat(right.header("Set-Cookie")).isEmpty();
        counted(0, 2, 0);
        assertThat(service.count(
                        "select count(*) from auth.sessions s join auth.users u on u.id = s.user_id where username = ?",
                        pupil))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "' or '1'='1",
                "admin'--",
                "x'; drop table auth.users; --",
                "\\\\",
                "%",
                "*",
                "\u540d\u524d",
                "\uD83D\uDE00",
                "$(id)",
                ":username",
                "a\nb",
                "../../etc/passwd"
            })
    void strangeUsername_isJustUnknown(String username) {
        Answer answer = service.login(username, "' or '1'='1");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.detail()).isEqualTo("Invalid username or password.");
        assertThat(service.count("select count(*) from auth.users")).isPositive();
        counted(0, 1, 0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                          | Missing required fields.",
                "{\"username\":\"a\"}                        | Missing required fields.",
                "{\"password\":\"a\"}                        | Missing required fields.",
                "{\"username\":\" \",\"password\":\"a\"}     | Missing required fields.",
                "{\"username\":\"a\",\"password\":\"\"}      | Missing required fields.",
                "{\"username\":null,\"password\":\"a\"}      | Missing required fields.",
                "{\"username\":1,\"password\":\"a\"}         | Wrong value in field username.",
                "{\"username\":\"a\",\"password\":[]}        | Wrong value in field password.",
                "{\"username\":\"a\\u0000\",\"password\":\"a\"} | Text must not contain NUL characters.",
                "{\"username\":\"a\",\"password\":\"\\u0000\"}  | Text must not contain NUL characters.",
                "{\"username\":\"a\",\"password\":\"\\ud83d\"}  | Text must not contain half a surrogate pair.",
                "{\"username\":\"a\",\"password\":\"a\",\"role\":\"admin\"} | Unknown field: role.",
                "{\"username\":\"a\",\"username\":\"b\",\"password\":\"a\"} | Malformed JSON.",
                "[]                                          | Wrong value.",
                "null                                        | The body must be a JSON object.",
                "{\"username\":                              | Malformed JSON."
            })
    void badBody_is400_andNoAttempt(String body, String detail) {
        Answer answer = service.asGatewayRaw(LOGIN, body, "10.0.0.1");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.detail()).isEqualTo(detail);
        counted(0, 0, 0);
    }

    @Test
    void overlongValues_are400_andHugeBodies413() {
        assertThat(service.login("a".repeat(101), "x").status()).isEqualTo(400);
        assertThat(service.login("a", "x".repeat(1001)).status()).isEqualTo(400);
        assertThat(service.announce(LOGIN, 2 << 20)).containsExactly(413);
        counted(0, 0, 0);
        assertThat(service.login(RunningService.newName(), "x".repeat(1000)).status())
                .isEqualTo(401);
    }

    @Test
    void onlyTheGateway_mayAskForIt() {
        String body = "{\"username\":\"a\",\"password\":\"b\"}";
        List<String> json = List.of("Content-Type", "application/json");
        assertThat(service.send("POST", LOGIN, body, json).status()).isEqualTo(401);
        assertThat(service.send(
                                "POST",
                                LOGIN,
                                body,
                                List.of(
                                        "Authorization",
                                        "Bearer wrong",
                                        "X-Tlac-Service",
                                        "gateway",
                                        "Content-Type",
                                        "application/json"))
                        .status())
                .isEqualTo(401);
        assertThat(service.post(LOGIN, service.admin(), Map.of()).status()).isEqualTo(403);
        assertThat(service.send("GET", LOGIN, null, RunningService.gatewayHeaders(""))
                        .status())
                .isEqualTo(405);
        assertThat(service.send("POST", LOGIN + "/x", "{}", RunningService.gatewayHeaders(""))
                        .status())
                .isEqualTo(404);
        List<String> form = new java.util.ArrayList<>(RunningService.gatewayHeaders("10.0.0.1"));
        form.set(7, "application/x-www-form-urlencoded");
        assertThat(service.send("POST", LOGIN, body, form).status()).isEqualTo(415);
    }

    @Test
    void strangeUserAgent_isNoFailureOfOurs() {
        String body =
                "{\"username\":\"" + service.user("pupil") + "\",\"password\":\"" + RunningService.PASSWORD + "\"}";
        for (String agent : List.of("a\0b", "\u00ff\u0080", "x".repeat(2000))) {
            assertThat(service.raw(LOGIN, "User-Agent: " + agent + "\r\n", body.length(), body))
                    .as(agent)
                    .hasSize(1)
                    .first()
                    .isIn(200, 400);
        }
    }

    @Test
    void tooManyAtOnce_areToldToComeBack() throws Exception {
        try (RunningService slow = service.replica(Map.of("password.concurrent", "1", "password.wait", "PT0.001S"))) {
            var answers = Together.run(8, i -> slow.login(RunningService.newName(), "wrong password"));
            assertThat(answers).extracting(Answer::status).contains(503).containsOnly(401, 503);
            assertThat(answers)
                    .filteredOn(answer -> answer.status() == 503)
                    .allSatisfy(
                            answer -> assertThat(answer.header("Retry-After")).isEqualTo("5"));
        }
    }
}
