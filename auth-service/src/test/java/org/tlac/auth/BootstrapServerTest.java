package org.tlac.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tlac.auth.RunningService.Answer;
import org.tlac.platform.testing.Scrape;

class BootstrapServerTest {

    private static final String BOOTSTRAP = "/api/admin/bootstrap";

    private static Answer bootstrap(RunningService service, String username) {
        return service.asGateway(
                BOOTSTRAP, Map.of("username", username, "name", "First", "password", "correct horse"), "10.0.0.1");
    }

    @Test
    void manyAtOnce_makeOneAdmin_andThatOneCanSignIn() throws Exception {
        try (RunningService service = RunningService.empty()) {
            Scrape before = service.scrape();
            var answers = Together.run(8, i -> bootstrap(service, "admin" + i));

            assertThat(answers)
                    .filteredOn(answer -> answer.status() == 200)
                    .singleElement()
                    .satisfies(made -> {
                        assertThat(made.json().path("ok").asBoolean()).isTrue();
                        assertThat(made.json().path("user").path("role").asText())
                                .isEqualTo("admin");
                        assertThat(made.json().path("user").path("cohort_year").isNull())
                                .isTrue();
                        assertThat(made.header("Set-Cookie")).isEmpty();
                        String username =
                                made.json().path("user").path("username").asText();
                        assertThat(service.signIn(username, "correct horse")
                                        .user()
                                        .path("role")
                                        .asText())
                                .isEqualTo("admin");
                    });
            assertThat(answers)
                    .filteredOn(answer -> answer.status() == 403)
                    .hasSize(7)
                    .allSatisfy(refused -> assertThat(refused.detail()).isEqualTo("Admin already exists."));
            assertThat(service.count("select count(*) from auth.users")).isEqualTo(1);
            assertThat(service.count("select count(*) from audit.audit_logs where action = 'bootstrap_admin'"))
                    .isEqualTo(1);
            assertThat(service.scrape().since(before, "tlac_admin_user_operations_total", "operation", "bootstrap"))
                    .isEqualTo(1);
        }
    }

    @Test
    void secondThatPassedTheFirstLook_isRefusedByTheSecond() throws Exception {
        try (RunningService service = RunningService.empty();
                var other = service.database().superuser();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            // Reading goes on, writing waits: both pass the look that comes before the hash.
            statement.execute("lock table auth.users in share row exclusive mode");
            var first = CompletableFuture.supplyAsync(() -> bootstrap(service, "one"));
            var second = CompletableFuture.supplyAsync(() -> bootstrap(service, "two"));
            RunningService.await("both wait", () -> service.waiting() == 2);
            other.rollback();

            assertThat(List.of(first.get().status(), second.get().status())).containsExactlyInAnyOrder(200, 403);
            assertThat(service.count("select count(*) from auth.users")).isEqualTo(1);
        }
    }

    @Test
    void oneAdminIsEnough_evenADeactivatedOne() {
        RunningService service = RunningService.shared();
        Answer answer = bootstrap(service, "second");
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.detail()).isEqualTo("Admin already exists.");
        assertThat(service.count("select count(*) from auth.users where username = 'second'"))
                .isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                        | Missing required fields.",
                "{\"username\":\"a\",\"name\":\"A\"}                       | Missing required fields.",
                "{\"username\":\"a\",\"password\":\"correct horse\"}       | Missing required fields.",
                "{\"name\":\"A\",\"password\":\"correct horse\"}           | Missing required fields.",
                "{\"username\":\" \",\"name\":\"A\",\"password\":\"correct horse\"} | Missing required fields.",
                "{\"username\":\"a\",\"name\":\"A\",\"password\":\"short\"} | A password has at least 8 characters.",
                "{\"username\":\"a b\",\"name\":\"A\",\"password\":\"correct horse\"} "
                        + "| A username consists of letters from a to z, digits, dots, hyphens and underscores.",
                "{\"username\":\"a\",\"name\":\"A\",\"password\":\"correct horse\",\"role\":\"pupil\"} | Unknown field: role.",
                "{\"username\":\"a\",\"name\":7,\"password\":\"correct horse\"} | Wrong value in field name."
            })
    void badBody_is400(String body, String detail) {
        Answer answer = RunningService.shared().asGatewayRaw(BOOTSTRAP, body, "10.0.0.1");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.detail()).isEqualTo(detail);
    }

    @Test
    void onlyTheGateway_mayAskForIt() {
        RunningService service = RunningService.shared();
        assertThat(service.send("POST", BOOTSTRAP, "{}", List.of("Content-Type", "application/json"))
                        .status())
                .isEqualTo(401);
        assertThat(service.post(BOOTSTRAP, service.admin(), Map.of()).status()).isEqualTo(403);
        assertThat(service.send("GET", BOOTSTRAP, null, RunningService.gatewayHeaders(""))
                        .status())
                .isEqualTo(405);
    }
}
