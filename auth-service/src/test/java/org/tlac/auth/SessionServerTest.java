package org.tlac.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.auth.RunningService.Answer;
import org.tlac.auth.RunningService.SignedIn;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.identity.JwksClient;
import org.tlac.platform.identity.Role;
import org.tlac.platform.identity.TokenVerifier;
import org.tlac.platform.testing.Scrape;

class SessionServerTest {

    private static final String NOT_AUTHENTICATED = "{\"detail\":\"Not authenticated.\"}";

    private final RunningService service = RunningService.shared();

    private SignedIn signIn(String role) {
        return service.signIn(service.user(role), RunningService.PASSWORD);
    }

    private static SignedIn with(SignedIn who, String cookie) {
        return new SignedIn(cookie, who.token(), who.csrfToken(), who.user());
    }

    @Test
    void session_isWorthATokenThatOtherServicesBelieve() {
        String pupil = service.user("pupil");
        String cookie = service.login(pupil, RunningService.PASSWORD).cookie();
        Answer resolved = service.resolve(cookie);

        assertThat(resolved.status()).isEqualTo(200);
        List<String> fields = new ArrayList<>();
        resolved.json().fieldNames().forEachRemaining(fields::add);
        assertThat(fields).containsExactly("token", "token_expires_at", "user", "csrf_token", "session_expires_at");
        TokenVerifier verifier = new TokenVerifier(new JwksClient(service.jwks(), service.clock()), service.clock());
        Caller caller = verifier.verify(resolved.json().path("token").asText());
        long id = service.count("select id from auth.users where username = ?", pupil);
        assertThat(caller).isEqualTo(new Caller(id, pupil, "Name of " + pupil, Role.PUPIL, 2026, "10.0.0.7"));
        Instant now = service.clock().instant();
        assertThat(Instant.parse(resolved.json().path("token_expires_at").asText()))
                .isAfter(now.plusSeconds(40))
                .isBeforeOrEqualTo(now.plusSeconds(60));
        assertThat(Instant.parse(resolved.json().path("session_expires_at").asText()))
                .isAfter(now.plus(Duration.ofMinutes(479)))
                .isBeforeOrEqualTo(now.plus(Duration.ofMinutes(480)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "' or 1=1 --", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "\u5B57"})
    void unknownCookie_is401(String cookie) {
        Answer answer = service.resolve(cookie);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.response().body()).isEqualTo(NOT_AUTHENTICATED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"cookie\":\"a\"}",
                "{\"client_address\":\"a\"}",
                "{\"cookie\":7,\"client_address\":\"a\"}",
                "{\"cookie\":\"a\\u0000\",\"client_address\":\"a\"}",
                "{\"cookie\":\"a\",\"client_address\":\"a\",\"more\":1}"
            })
    void badQuestion_is400(String body) {
        assertThat(service.asGatewayRaw("/internal/session", body, "10.0.0.1").status())
                .isEqualTo(400);
    }

    @Test
    void overlongAddress_is400() {
        assertThat(service.asGateway(
                                "/internal/session",
                                Map.of("cookie", "a", "client_address", "9".repeat(101)),
                                "10.0.0.1")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void onlyTheGateway_mayResolve() {
        assertThat(service.post("/internal/session", null, Map.of()).status()).isEqualTo(401);
        assertThat(service.post("/internal/session", signIn("admin"), Map.of()).status())
                .isEqualTo(403);
        assertThat(service.send("GET", "/internal/session", null, RunningService.gatewayHeaders(""))
                        .status())
                .isEqualTo(405);
    }

    @Test
    void expiredSession_is401_andRemoved() {
        String pupil = service.user("pupil");
        String cookie = service.login(pupil, RunningService.PASSWORD).cookie();
        service.clock().advance(Duration.ofMinutes(479));
        assertThat(service.resolve(cookie).status()).isEqualTo(200);
        service.clock().advance(Duration.ofMinutes(1));
        assertThat(service.resolve(cookie).status()).isEqualTo(401);
        RunningService.await("expired sessions are removed", () -> service.count("""
                select count(*) from auth.sessions s join auth.users u on u.id = s.user_id where username = ?
                """, pupil) == 0);
    }

    @Test
    void deactivatedUser_isOutAtOnce() {
        SignedIn pupil = signIn("pupil");
        service.execute(
                "update auth.users set active = false where username = ?",
                pupil.user().path("username").asText());
        assertThat(service.resolve(pupil.cookie()).status()).isEqualTo(401);
        assertThat(service.get("/api/auth/me", pupil).status()).isEqualTo(401);
    }

    @Test
    void me_isTheUserAndTheSessionsCsrfToken() {
        SignedIn teacher = signIn("teacher");
        Answer me = service.get("/api/auth/me", teacher);
        assertThat(me.status()).isEqualTo(200);
        assertThat(me.json().path("user")).isEqualTo(teacher.user());
        assertThat(me.json().path("csrf_token").asText()).isEqualTo(teacher.csrfToken());
        assertThat(me.json()).hasSize(2);
    }

    @Test
    void sessionHeader_mustBeTheCallersOwn() {
        SignedIn pupil = signIn("pupil");
        SignedIn other = signIn("pupil");
        for (String path : List.of("/api/auth/logout", "/api/auth/password")) {
            Answer answer = service.post(
                    path,
                    with(pupil, other.cookie()),
                    Map.of("current_password", RunningService.PASSWORD, "new_password", "something else"));
            assertThat(answer.status()).isEqualTo(401);
        }
        assertThat(service.get("/api/auth/me", with(pupil, other.cookie())).status())
                .isEqualTo(401);
        assertThat(service.get("/api/auth/me", with(pupil, "nonsense")).status())
                .isEqualTo(401);
        assertThat(service.send("GET", "/api/auth/me", null, List.of("Authorization", "Bearer " + pupil.token()))
                        .response()
                        .body())
                .isEqualTo(NOT_AUTHENTICATED);
        assertThat(service.resolve(other.cookie()).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/auth/logout", "/api/auth/password", "/api/admin/users"})
    void withoutAToken_nothingMutatingIsDone(String path) {
        Answer answer = service.post(path, null, Map.of());
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.response().body()).isEqualTo(NOT_AUTHENTICATED);
    }

    @Test
    void tamperedOrForeignToken_is401() {
        SignedIn pupil = signIn("pupil");
        String[] parts = pupil.token().split("\\.", -1);
        String forged = parts[0] + "." + parts[1] + "." + "A".repeat(parts[2].length());
        assertThat(service.get("/api/auth/me", new SignedIn(pupil.cookie(), forged, "", pupil.user()))
                        .status())
                .isEqualTo(401);
        try (var foreign = org.tlac.platform.testing.TestCallers.start()) {
            String bearer = foreign.bearer(org.tlac.platform.testing.TestCallers.ADMIN);
            assertThat(service.send("GET", "/internal/counts", null, List.of("Authorization", bearer))
                            .status())
                    .isEqualTo(401);
        }
    }

    @Test
    void logout_endsTheSession_andClearsTheCookie() {
        SignedIn pupil = signIn("pupil");
        SignedIn elsewhere = service.signIn(pupil.user().path("username").asText(), RunningService.PASSWORD);
        Scrape before = service.scrape();

        Answer answer = service.send("POST", "/api/auth/logout", null, RunningService.userHeaders(pupil));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.response().body()).isEqualTo("{\"ok\":true}");
        assertThat(answer.header("Set-Cookie"))
                .isEqualTo("tlac_session=; HttpOnly; Secure; SameSite=Lax; Path=/; Max-Age=0");
        assertThat(service.resolve(pupil.cookie()).status()).isEqualTo(401);
        assertThat(service.get("/api/auth/me", pupil).status()).isEqualTo(401);
        assertThat(service.post("/api/auth/logout", pupil, Map.of()).status()).isEqualTo(401);
        assertThat(service.resolve(elsewhere.cookie()).status()).isEqualTo(200);
        assertThat(service.text(
                        "select actor_username from audit.audit_logs where action = 'logout' order by id desc limit 1"))
                .isEqualTo(pupil.user().path("username").asText());
        assertThat(service.scrape().since(before, "tlac_audit_entries_total", "action", "logout"))
                .isEqualTo(1);
    }

    @Test
    void newPassword_endsTheOtherSessions() {
        SignedIn pupil = signIn("pupil");
        String username = pupil.user().path("username").asText();
        SignedIn elsewhere = service.signIn(username, RunningService.PASSWORD);
        SignedIn somebody = signIn("pupil");

        Answer answer = service.post(
                "/api/auth/password",
                pupil,
                Map.of("current_password", RunningService.PASSWORD, "new_password", "a new pässword"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.response().body()).isEqualTo("{\"ok\":true}");
        assertThat(service.resolve(pupil.cookie()).status()).isEqualTo(200);
        assertThat(service.resolve(elsewhere.cookie()).status()).isEqualTo(401);
        assertThat(service.resolve(somebody.cookie()).status()).isEqualTo(200);
        assertThat(service.login(username, RunningService.PASSWORD).status()).isEqualTo(401);
        assertThat(service.login(username, "a new pässword").status()).isEqualTo(200);
        assertThat(service.text(
                        "select cast(metadata as text) from audit.audit_logs where action = 'update_user' "
                                + "and target_username = ?",
                        username))
                .isEqualTo("{\"changes\": [\"password\"]}");
    }

    @Test
    void guessesAtTheCurrentPassword_areBounded() {
        SignedIn pupil = signIn("pupil");
        Map<String, String> guess = Map.of("current_password", "wrong password", "new_password", "a new password");
        Scrape before = service.scrape();
        for (int i = 0; i < 3; i++) {
            Answer answer = service.post("/api/auth/password", pupil, guess);
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.detail()).isEqualTo("Current password is wrong.");
        }
        Answer locked = service.post("/api/auth/password", pupil, guess);
        assertThat(locked.status()).isEqualTo(429);
        assertThat(locked.header("Retry-After")).isNotEmpty();
        Scrape after = service.scrape();
        assertThat(after.since(before, "tlac_auth_login_attempts_total")).isZero();
        assertThat(after.since(before, "tlac_rate_limit_exceeded_total", "endpoint", "/api/auth/password"))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"current_password\":\"correct horse\"}",
                "{\"new_password\":\"correct horse\"}",
                "{\"current_password\":\"correct horse\",\"new_password\":\"short\"}",
                "{\"current_password\":\"correct horse\",\"new_password\":12345678}",
                "{\"current_password\":\"correct horse\",\"new_password\":\"nul \\u0000 nul\"}"
            })
    void badPasswordBody_is400_andChangesNothing(String body) {
        SignedIn pupil = signIn("pupil");
        assertThat(service.send("POST", "/api/auth/password", body, RunningService.userHeaders(pupil))
                        .status())
                .isEqualTo(400);
        assertThat(service.login(pupil.user().path("username").asText(), RunningService.PASSWORD)
                        .status())
                .isEqualTo(200);
    }
}
