package org.tlac.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tlac.platform.testing.Scrape;

class GatewayTest {

    private static TestGateway gateway;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() throws Exception {
        gateway = TestGateway.start(folder);
        Files.writeString(
                gateway.course.resolve("manifest.json"),
                "{\"lessons\":[{\"id\":\"lesson-1\",\"teacherPath\":\"/lessons/lesson-1/plan.html\"}]}");
        Path lesson = Files.createDirectories(gateway.course.resolve("lesson-1/teacher"))
                .getParent();
        Files.writeString(lesson.resolve("student.html"), "<h1>Lesson</h1>");
        Files.writeString(lesson.resolve("plan.html"), "plan");
        Files.writeString(lesson.resolve("teacher/answers.html"), "answers");
        Files.writeString(lesson.resolve(".hidden"), "hidden");
        Files.writeString(folder.resolve("outside.txt"), "outside");
        for (String name : List.of("a1.checks.yaml", "a1.checks.yaml~", "A2.CHECKS.YAML", "teacher/a3.checks.yaml")) {
            Files.writeString(lesson.resolve(name), "checks: []");
        }
        Files.createSymbolicLink(lesson.resolve("alias.txt"), lesson.resolve("a1.checks.yaml"));
        Files.createSymbolicLink(lesson.resolve("link.txt"), folder.resolve("outside.txt"));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void forget() {
        gateway.received.clear();
    }

    private static HttpRequest.Builder mutating(String session, String target) {
        return gateway.as(session, target)
                .header("X-CSRF-Token", TestGateway.CSRF)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"state\":{}}"));
    }

    private static TestGateway.Received last() {
        return gateway.received.getLast();
    }

    @ParameterizedTest
    @CsvSource({
        "lesson-1/a1.checks.yaml",
        "lesson-1/a1.checks.yaml~",
        "lesson-1/A2.CHECKS.YAML",
        "lesson-1/a1%2echecks%2eyaml",
        "lesson-1/./a1.checks.yaml",
        "lesson-1/teacher/a3.checks.yaml",
        "lesson-1/alias.txt"
    })
    void checksOfActivities_areServedToNobody(String path) throws Exception {
        for (String session : List.of(TestGateway.PUPIL, TestGateway.TEACHER, TestGateway.ADMIN)) {
            HttpResponse<String> answer = gateway.send(gateway.as(session, "/lessons/" + path));
            assertThat(answer.statusCode()).isIn(400, 403, 404);
            assertThat(answer.body()).doesNotContain("checks: []");
        }
        assertThat(gateway.send(gateway.request("/lessons/" + path)).body()).doesNotContain("checks: []");
    }

    @Test
    void signedInCall_reachesItsServiceAsTheUser_withoutAnythingTheClientClaims() throws Exception {
        HttpResponse<String> answer =
                gateway.send(mutating(TestGateway.PUPIL, "/api/activity/state/lesson-1/a1?x=%26%20y")
                        .header("Authorization", "Bearer forged")
                        .header("X-Tlac-Service", "gateway")
                        .header("X-Tlac-Session", "forged")
                        .header("X-Forwarded-For", "6.6.6.6")
                        .header("X-Request-Id", "chosen-by-client")
                        .header("If-Match", "\"6\""));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("ETag")).hasValue("\"7\"");
        assertThat(answer.headers().firstValue("X-Internal")).isEmpty();
        TestGateway.Received call = last();
        assertThat(call.target()).isEqualTo("/api/activity/state/lesson-1/a1?x=%26%20y");
        assertThat(call.body()).isEqualTo("{\"state\":{}}");
        assertThat(call.headers().get("Authorization")).containsExactly("Bearer token-of-pupil");
        assertThat(call.header("X-tlac-service")).isEmpty();
        assertThat(call.header("X-tlac-session")).isEmpty();
        assertThat(call.header("X-forwarded-for")).isEmpty();
        assertThat(call.header("Cookie")).isEmpty();
        assertThat(call.header("If-match")).contains("\"6\"");
        String requestId = answer.headers().firstValue("X-Request-Id").orElseThrow();
        assertThat(requestId).isNotEqualTo("chosen-by-client");
        assertThat(call.header("X-request-id")).contains(requestId);
    }

    @Test
    void login_reachesAuthAsTheGateway_withTheClientsAddress() throws Exception {
        gateway.send(gateway.request("/api/auth/login")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}")));
        TestGateway.Received call = last();
        assertThat(call.header("Authorization")).contains("Bearer " + TestGateway.SECRET);
        assertThat(call.header("X-tlac-service")).contains("gateway");
        assertThat(call.header("X-tlac-client-address")).contains("127.0.0.1");
    }

    @Test
    void routesAboutTheSession_passItOn_othersDoNot() throws Exception {
        gateway.send(gateway.as(TestGateway.PUPIL, "/api/auth/me"));
        assertThat(last().header("X-tlac-session")).contains(TestGateway.PUPIL);
        gateway.send(gateway.as(TestGateway.PUPIL, "/api/activity/state"));
        assertThat(last().header("X-tlac-session")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/auth/me, 401",
        "POST, /api/auth/logout, 401",
        "POST, /api/activity/state/lesson-1/a1, 401",
        "POST, /api/python/run, 401",
        "GET, /api/python/queue, 401",
        "GET, /api/admin/metrics, 401",
        "GET, /api/metrics, 401",
        "POST, /api/admin/backups, 401",
        "GET, /api/nothing, 404",
        "PATCH, /api/auth/me, 405"
    })
    void nobodySignedIn_reachesNothing(String method, String path, int status) throws Exception {
        HttpResponse<String> answer = gateway.send(gateway.request(path).method(method, BodyPublishers.noBody()));
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).startsWith("{\"detail\":\"");
        assertThat(gateway.received).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/api/teacher/revisions, p, 403",
        "/api/python/diagnostics, p, 403",
        "/api/admin/users, t, 403",
        "/api/admin/backups, t, 403",
        "/api/admin/metrics, t, 403",
        "/api/metrics, t, 403",
        "/api/teacher/revisions, t, 200",
        "/api/admin/backups, a, 200"
    })
    void roles_areCheckedAtTheEdge(String path, String session, int status) throws Exception {
        assertThat(gateway.send(gateway.as(session.repeat(43), path)).statusCode())
                .isEqualTo(status);
    }

    @Test
    void unknownOrMalformedSession_isNobody() throws Exception {
        assertThat(gateway.send(gateway.as("x".repeat(43), "/api/auth/me")).statusCode())
                .isEqualTo(401);
        assertThat(gateway.send(gateway.as("short", "/api/auth/me")).statusCode())
                .isEqualTo(401);
        assertThat(gateway.received).hasSize(1);
    }

    @Test
    void session_isAskedForOnce_andForgottenAtLogout() throws Exception {
        String session = "pupil-for-logout-" + TestGateway.PUPIL;
        gateway.send(gateway.as(session, "/api/activity/state"));
        gateway.send(gateway.as(session, "/api/activity/state"));
        assertThat(gateway.received.stream().filter(call -> call.target().equals("/internal/session")))
                .hasSize(1);
        assertThat(gateway.send(mutating(session, "/api/auth/logout")).statusCode())
                .isEqualTo(200);
        assertThat(gateway.send(gateway.as(session, "/api/activity/state")).statusCode())
                .isEqualTo(401);
    }

    @Test
    void mutatingCall_needsItsCsrfToken() throws Exception {
        HttpRequest.Builder without =
                gateway.as(TestGateway.PUPIL, "/api/auth/logout").POST(BodyPublishers.noBody());
        assertThat(gateway.send(without).statusCode()).isEqualTo(403);
        HttpRequest.Builder wrong = gateway.as(TestGateway.PUPIL, "/api/auth/logout")
                .header("X-CSRF-Token", "wrong")
                .POST(BodyPublishers.noBody());
        assertThat(gateway.send(wrong).statusCode()).isEqualTo(403);
        assertThat(gateway.send(mutating(TestGateway.PUPIL, "/api/activity/state/lesson-1/a1"))
                        .statusCode())
                .isEqualTo(200);
        HttpRequest.Builder foreign = gateway.request("/api/auth/login")
                .header("Sec-Fetch-Site", "cross-site")
                .POST(BodyPublishers.noBody());
        assertThat(gateway.send(foreign).statusCode()).isEqualTo(403);
    }

    @Test
    void runsBeyondTheLimit_are429_counted_andSaidInTheContractsWords() throws Exception {
        String session = TestGateway.TEACHER;
        Scrape before = Scrape.parse(gateway.metrics());
        for (int i = 0; i < 3; i++) {
            assertThat(gateway.send(mutating(session, "/api/python/run")).statusCode())
                    .isEqualTo(200);
        }
        HttpResponse<String> refused = gateway.send(mutating(session, "/api/python/run"));
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).isEqualTo("{\"detail\":\"Too many code executions. Limit: 3 per minute.\"}");
        assertThat(refused.headers().firstValueAsLong("Retry-After").orElseThrow())
                .isBetween(1L, 60L);
        Scrape after = Scrape.parse(gateway.metrics());
        assertThat(after.since(before, "tlac_rate_limit_exceeded_total", "endpoint", "/api/python/run"))
                .isEqualTo(1);
        assertThat(after.since(before, "tlac_rate_limit_usage_count", "endpoint", "/api/python/run"))
                .isEqualTo(4);
        assertThat(gateway.send(mutating(session, "/api/activity/state/lesson-1/a1"))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void pages_leadToTheLoginAndBack_orSayForbidden() throws Exception {
        HttpResponse<String> redirect = gateway.send(gateway.request("/admin-metrics.html?a=b"));
        assertThat(redirect.statusCode()).isEqualTo(303);
        assertThat(redirect.headers().firstValue("Location"))
                .hasValue("/login.html?next=%2Fadmin-metrics.html%3Fa%3Db");
        assertThat(gateway.send(gateway.request("/login.html")).statusCode()).isEqualTo(200);
        assertThat(gateway.send(gateway.as(TestGateway.PUPIL, "/admin-metrics.html"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(gateway.send(gateway.as(TestGateway.ADMIN, "/admin-metrics.html"))
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> chart = gateway.send(gateway.request("/core/vendor/uplot/uPlot.esm.js"));
        assertThat(chart.headers().firstValue("Content-Type")).hasValue("text/javascript; charset=utf-8");
        String tag = chart.headers().firstValue("ETag").orElseThrow();
        assertThat(gateway.send(gateway.request("/core/vendor/uplot/uPlot.esm.js")
                                .header("If-None-Match", tag))
                        .statusCode())
                .isEqualTo(304);
    }

    @ParameterizedTest
    @CsvSource({
        "/lessons/manifest.json, -, 200",
        "/lessons/lesson-1/student.html, -, 303",
        "/lessons/lesson-1/student.html, p, 200",
        "/lessons/lesson-1/plan.html, p, 403",
        "/lessons/lesson-1/plan.html, t, 200",
        "/lessons/lesson-1/teacher/answers.html, p, 403",
        "/lessons/lesson-1/teacher/answers.html, a, 200",
        "/lessons/lesson-1/.hidden, a, 404",
        "/lessons/lesson-1/link.txt, a, 404",
        "/lessons/lesson-1, a, 404",
        "/lessons/none.html, p, 404",
        "/core/none.js, -, 404"
    })
    void courseFiles_areForWhomTheyAreMeant(String path, String session, int status) throws Exception {
        HttpRequest.Builder request =
                session.equals("-") ? gateway.request(path) : gateway.as(session.repeat(43), path);
        assertThat(gateway.send(request).statusCode()).isEqualTo(status);
    }

    @Test
    void addressThatDoesNotExist_isAPageForBrowsers_andJsonForEverybodyElse() throws Exception {
        String browser = "text/html,application/xhtml+xml,*/*;q=0.8";
        for (String target : List.of("/nothing.html", "/core/none.js", "/a/b/c", "/lessons/none.html")) {
            HttpResponse<String> page =
                    gateway.send(gateway.as(TestGateway.PUPIL, target).header("Accept", browser));
            assertThat(page.statusCode()).as(target).isEqualTo(404);
            assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
            assertThat(page.headers().firstValue("Vary")).hasValue("Accept");
            assertThat(page.body()).contains("There is nothing here");
            HttpResponse<String> plain =
                    gateway.send(gateway.as(TestGateway.PUPIL, target).header("Accept", "*/*"));
            assertThat(plain.statusCode()).as(target).isEqualTo(404);
            assertThat(plain.body()).startsWith("{\"detail\":\"");
        }
        HttpResponse<String> api = gateway.send(gateway.request("/api/nothing").header("Accept", browser));
        assertThat(api.statusCode()).isEqualTo(404);
        assertThat(api.headers().firstValue("Content-Type")).hasValue("application/json");
        // Another method than GET finds the same, and a known page with a wrong method is no missing one.
        assertThat(gateway.send(gateway.request("/login.html").method("DELETE", BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(405);
    }

    @Test
    void everyAnswer_hasTheSecurityHeaders() throws Exception {
        for (String target : new String[] {"/login.html", "/api/health", "/api/none", "/core/tlac.css"}) {
            var headers = gateway.send(gateway.request(target)).headers();
            assertThat(headers.firstValue("Content-Security-Policy"))
                    .get()
                    .asString()
                    .doesNotContain("unsafe");
            assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(headers.firstValue("X-Frame-Options")).hasValue("DENY");
            assertThat(headers.firstValue("Strict-Transport-Security")).isEmpty();
        }
    }

    @Test
    void plainHttp_leadsToHttps_andTakesNoPassword() throws Exception {
        try (HttpClient plain = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://localhost:" + gateway.redirectPort() + "/login.html?next=%2F");
            HttpResponse<String> answer = plain.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(308);
            assertThat(answer.headers().firstValue("Location").orElseThrow())
                    .startsWith("https://localhost")
                    .endsWith("/login.html?next=%2F");
            HttpRequest login = HttpRequest.newBuilder(uri.resolve("/api/auth/login"))
                    .POST(BodyPublishers.ofString("{}"))
                    .build();
            assertThat(plain.send(login, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
        }
    }

    @Test
    void numbersOfTheWhole_areMerged() throws Exception {
        String merged = gateway.send(gateway.request("/metrics")).body();
        // The stub plays five services: shares add up, facts do not, hops are counted at the edge alone.
        assertThat(merged)
                .contains("tlac_python_runs_total{status=\"success\",} 15.0", "tlac_auth_sessions_active 4.0")
                .contains("endpoint=\"/x\",method=\"GET\",status=\"200\",} 2.0")
                .doesNotContain("jvm_");
        Scrape.parse(merged);
        String admin = gateway.send(gateway.as(TestGateway.ADMIN, "/api/admin/metrics"))
                .body();
        assertThat(admin)
                .contains(
                        "\"http\":{\"total_requests\":3,\"successful_requests\":2,\"error_requests\":1,\"success_rate\":66.7}")
                .contains(
                        "\"python_runner\":{\"total_runs\":20,\"successful_runs\":15,\"error_runs\":0,\"timeout_runs\":5,\"success_rate\":75.0}")
                .contains("\"authentication\":{\"total_login_attempts\":0", "\"success_rate\":100.0")
                .contains("\"recent_logins_7d\":12");
        String counts =
                gateway.send(gateway.as(TestGateway.ADMIN, "/api/metrics")).body();
        assertThat(counts)
                .contains("\"users_active\":{\"pupil\":1", "\"activity_marks\":15", "\"audit_logs\":5", "\"time\":\"");
        assertThat(gateway.send(gateway.request("/api/health")).body()).startsWith("{\"status\":\"ok\",\"db_ok\":true");
    }

    /** Found in a browser: the page asks for both at once, and once each waited for the other's lock. */
    @Test
    void numbersAndHealth_askedForAtOnceByMany_areAllAnswered() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            answers.add(
                    CompletableFuture.supplyAsync(() -> quietly(gateway.as(TestGateway.ADMIN, "/api/admin/metrics"))));
            answers.add(CompletableFuture.supplyAsync(() -> quietly(gateway.request("/api/health"))));
            answers.add(CompletableFuture.supplyAsync(() -> quietly(gateway.request("/metrics"))));
        }
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
    }

    private static HttpResponse<String> quietly(HttpRequest.Builder request) {
        try {
            return gateway.send(request);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"off, 404, 404", "admin, 401, 200", "token, 401, 200"})
    void metrics_canBeRestricted(String access, int nobody, int admin, @TempDir Path other) throws Exception {
        try (TestGateway restricted = TestGateway.withMetricsAccess(other, access)) {
            assertThat(restricted.send(restricted.request("/metrics")).statusCode())
                    .isEqualTo(nobody);
            assertThat(restricted
                            .send(restricted.as(TestGateway.ADMIN, "/metrics"))
                            .statusCode())
                    .isEqualTo(admin);
            for (String session : List.of(TestGateway.PUPIL, TestGateway.TEACHER)) {
                assertThat(restricted.send(restricted.as(session, "/metrics")).statusCode())
                        .isEqualTo(access.equals("off") ? 404 : 403);
            }
            assertThat(restricted
                            .send(restricted.request("/metrics").header("Authorization", "Bearer wrong"))
                            .statusCode())
                    .isEqualTo(nobody);
            assertThat(restricted
                            .send(restricted.request("/metrics").header("Authorization", "Bearer " + "m".repeat(43)))
                            .statusCode())
                    .isEqualTo(access.equals("token") ? 200 : nobody);
        }
    }

    @Test
    void serviceThatGivesNoProperAnswer_is502_andOneThatIsAwayIs503(@TempDir Path other) throws Exception {
        try (TestGateway alone = TestGateway.start(other)) {
            assertThat(alone.send(alone.as(TestGateway.PUPIL, "/api/activity/state"))
                            .statusCode())
                    .isEqualTo(200);
            alone.service.answer(exchange -> {
                exchange.sendResponseHeaders(200, 1000);
                exchange.close();
            });
            assertThat(alone.send(alone.as(TestGateway.PUPIL, "/api/activity/state"))
                            .statusCode())
                    .isEqualTo(502);
            alone.service.close();
            HttpResponse<String> away = alone.send(alone.as(TestGateway.PUPIL, "/api/activity/state"));
            assertThat(away.statusCode()).isEqualTo(503);
            assertThat(away.headers().firstValue("Retry-After")).hasValue("2");
            assertThat(away.body())
                    .isEqualTo("{\"detail\":\"The activity service is away. Please try again shortly.\"}");
            assertThat(alone.send(alone.request("/api/health")).body())
                    .startsWith("{\"status\":\"degraded\",\"db_ok\":false");
        }
    }

    @Test
    void bodyBeyondTheLimit_is413() throws Exception {
        HttpResponse<String> answer = gateway.send(gateway.request("/api/auth/login")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("x".repeat((1 << 20) + 1))));
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body()).startsWith("{\"detail\":\"");
        assertThat(gateway.received).isEmpty();
    }

    @Test
    void clientsCannotAddSeries() throws Exception {
        gateway.send(gateway.request("/api/random/0"));
        gateway.raw().send("BREW /api/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        long before = series();
        for (int i = 0; i < 300; i++) {
            gateway.send(gateway.request("/api/random/" + i));
        }
        for (int i = 0; i < 5; i++) {
            gateway.raw().send("BREW" + i + " /api/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        }
        assertThat(series()).isEqualTo(before);
    }

    private static long series() throws Exception {
        return gateway.metrics()
                .lines()
                .filter(line -> line.startsWith("tlac_"))
                .count();
    }
}
