package org.tlac.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tlac.auth.RunningService.Answer;
import org.tlac.auth.RunningService.SignedIn;
import org.tlac.platform.testing.Scrape;

class FaultServerTest {

    /** Of its own, since gauges show the service that started last in a process. */
    private static RunningService service;

    @BeforeAll
    static void start() {
        service = RunningService.shared().replica(Map.of());
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @AfterEach
    void mend() {
        service.database().mend();
        RunningService.await("the database is back", () -> ready() == 200);
    }

    private int ready() {
        try (HttpClient http = HttpClient.newHttpClient()) {
            var probe = HttpRequest.newBuilder(service.management().resolve("/health/ready"))
                    .build();
            return http.send(probe, BodyHandlers.discarding()).statusCode();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void databaseAway_is503_andEverythingRecoversByItself() {
        SignedIn admin = service.admin();
        String pupil = service.user("pupil");
        Scrape before = service.scrape();
        service.database().cut();

        List<Answer> refused = List.of(
                service.login(pupil, RunningService.PASSWORD),
                service.resolve(admin.cookie()),
                service.get("/api/auth/me", admin),
                service.get("/api/admin/users", admin),
                service.get("/internal/counts", admin),
                service.send("GET", "/.well-known/jwks.json", null, List.of()));
        assertThat(refused).extracting(Answer::status).containsOnly(503);
        assertThat(refused).extracting(Answer::detail).containsOnly("The database is away. Please try again shortly.");
        assertThat(refused)
                .allSatisfy(answer -> assertThat(answer.header("Retry-After")).isNotEmpty());
        assertThat(ready()).isEqualTo(503);
        RunningService.await(
                "a background job failed and was counted",
                () -> service.scrape()
                                .since(before, "tlac_errors_total", "error_type", "background", "endpoint", "sessions")
                        > 0);
        Scrape during = service.scrape();
        assertThat(during.since(before, "tlac_errors_total", "error_type", "database"))
                .isEqualTo(6);
        assertThat(during.since(before, "tlac_errors_total", "error_type", "internal"))
                .isZero();
        assertThat(during.since(before, "tlac_auth_login_attempts_total")).isZero();

        service.database().mend();
        RunningService.await(
                "signing in works again",
                () -> service.login(pupil, RunningService.PASSWORD).status() == 200);
        assertThat(service.resolve(admin.cookie()).status()).isEqualTo(200);
        RunningService.await("connections given back", () -> service.scrape().value("tlac_db_connections_active") == 0);
    }

    @Test
    void signInThatIsCutOff_leavesNeitherSessionNorEntry() throws Exception {
        String pupil = service.user("pupil");
        try (var other = service.database().superuser()) {
            other.setAutoCommit(false);
            // The sign-in will wait for this row after it took its place among the attempts.
            try (var lock = other.prepareStatement("select 1 from auth.users where username = ? for update")) {
                lock.setString(1, pupil);
                lock.execute();
            }
            var login = java.util.concurrent.CompletableFuture.supplyAsync(
                    () -> service.login(pupil, RunningService.PASSWORD));
            RunningService.await("the sign-in waits", () -> service.waiting() == 1);
            service.database().cut();
            assertThat(login.get().status()).isEqualTo(503);
            other.rollback();
        }
        RunningService.await(
                "the server gave it up",
                () -> service.count("select count(*) from pg_stat_activity where datname = current_database() "
                                + "and usename = 'auth' and xact_start is not null")
                        == 0);
        assertThat(service.count(
                        "select count(*) from auth.sessions s join auth.users u on u.id = s.user_id "
                                + "where username = ?",
                        pupil))
                .isZero();
        assertThat(service.count(
                        "select count(*) from audit.audit_logs where action = 'login' and actor_username = ?", pupil))
                .isZero();
    }

    @Test
    void passwordChangedWhileSomeoneSignsInWithTheOldOne_leavesThemOutside() throws Exception {
        String pupil = service.user("pupil");
        try (var other = service.database().superuser()) {
            other.setAutoCommit(false);
            try (var change =
                    other.prepareStatement("update auth.users set password_hash = 'other' where username = ?")) {
                change.setString(1, pupil);
                change.execute();
            }
            var login = java.util.concurrent.CompletableFuture.supplyAsync(
                    () -> service.login(pupil, RunningService.PASSWORD));
            RunningService.await("the sign-in waits", () -> service.waiting() == 1);
            other.commit();
            assertThat(login.get().status()).isEqualTo(401);
        }
    }

    @Test
    void secrets_areInNoText() {
        SignedIn admin = service.admin();
        String scrape = service.scrape().series().toString();
        assertThat(scrape).doesNotContain(admin.cookie(), admin.csrfToken(), admin.token(), RunningService.ADMIN);
        Answer answer = service.asGateway("/api/auth/login", Map.of("username", "a", "pass", "hush"), "10.0.0.1");
        assertThat(answer.response().body()).doesNotContain("hush");
    }
}
