package org.tlac.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tlac.platform.http.Json;
import org.tlac.platform.testing.StubService;

/** {@code /api/admin/alerts}: what a Prometheus says, and that one which is away, slow or not ours harms nobody. */
class AlertsTest {

    @TempDir
    private Path folder;

    private static String alert(String name, String severity, String state, String since) {
        return """
                {"labels":{"alertname":"%s","severity":"%s","job":"auth-service"},"annotations":{"summary":"S %s"},
                 "state":"%s","activeAt":"%s","value":"1e+00"}""".formatted(name, severity, name, state, since);
    }

    private static String answer(String... alerts) {
        return "{\"status\":\"success\",\"data\":{\"alerts\":[" + String.join(",", alerts) + "]}}";
    }

    private JsonNode ask(URI prometheus) throws Exception {
        try (TestGateway gateway = TestGateway.withPrometheus(folder, prometheus)) {
            return ask(gateway);
        }
    }

    private static JsonNode ask(TestGateway gateway) throws Exception {
        HttpResponse<String> answer = gateway.send(gateway.as(TestGateway.ADMIN, "/api/admin/alerts"));
        assertThat(answer.statusCode()).isEqualTo(200);
        return Json.tree(answer.body());
    }

    @Test
    void alerts_comeWorstFirst_withoutTheWatchdog() throws Exception {
        String body = answer(
                alert("Pending", "critical", "pending", "2026-01-01T00:00:00Z"),
                alert("Watchdog", "none", "firing", "2026-01-01T00:00:00Z"),
                alert("Warned", "warning", "firing", "2026-01-01T00:00:00Z"),
                alert("Newer", "critical", "firing", "2026-01-03T00:00:00Z"),
                alert("Older", "critical", "firing", "2026-01-02T00:00:00Z"));
        try (StubService prometheus = StubService.start(exchange -> StubService.reply(
                exchange, exchange.getRequestURI().toString().equals("/prometheus/api/v1/alerts") ? 200 : 404, body))) {
            JsonNode alerts = ask(URI.create(prometheus.uri() + "/prometheus/"));
            assertThat(alerts.path("state").asText()).isEqualTo("watched");
            assertThat(alerts.path("items").findValuesAsText("name"))
                    .containsExactly("Older", "Newer", "Warned", "Pending");
            assertThat(alerts.path("items").path(0).toString())
                    .isEqualTo(
                            "{\"name\":\"Older\",\"severity\":\"critical\",\"state\":\"firing\","
                                    + "\"since\":\"2026-01-02T00:00:00Z\",\"service\":\"auth-service\",\"summary\":\"S Older\"}");
        }
    }

    @Test
    void prometheusWithoutOurRules_isNotTakenForAllIsWell() throws Exception {
        try (StubService prometheus = StubService.answering(200, answer())) {
            assertThat(ask(prometheus.uri()).path("state").asText()).isEqualTo("unwatched");
        }
    }

    @Test
    void moreThanAPageHolds_areTheWorstHundred() throws Exception {
        String many = IntStream.range(0, 500)
                .mapToObj(i -> alert("A" + i, i == 499 ? "critical" : "warning", "firing", "2026-01-01T00:00:00Z"))
                .collect(Collectors.joining(","));
        try (StubService prometheus = StubService.answering(200, answer(many))) {
            JsonNode items = ask(prometheus.uri()).path("items");
            assertThat(items).hasSize(100);
            assertThat(items.path(0).path("name").asText()).isEqualTo("A499");
        }
    }

    @Test
    void prometheusThatIsAwayOrSpeaksNonsense_isUnreachable() throws Exception {
        StubService gone = StubService.answering(200, "{}");
        gone.close();
        assertThat(ask(gone.uri()).path("state").asText()).isEqualTo("unreachable");
        String endless = answer(alert("x".repeat(2 << 20), "warning", "firing", "2026-01-01T00:00:00Z"));
        for (StubService wrong : List.of(
                StubService.answering(200, "<html>"),
                StubService.answering(200, "{}"),
                StubService.answering(503, answer()),
                StubService.answering(200, endless),
                StubService.start(StubService.closing()),
                StubService.start(StubService.stalling(200, answer())))) {
            try (wrong) {
                JsonNode alerts = ask(wrong.uri());
                assertThat(alerts.path("state").asText()).isEqualTo("unreachable");
                assertThat(alerts.path("items")).isEmpty();
            }
        }
    }

    @Test
    void prometheusThatHangs_isAskedOnceByMany_andKeepsNoNumberWaiting() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (StubService hanging = StubService.start(exchange -> {
                    asked.incrementAndGet();
                    StubService.hanging().handle(exchange);
                });
                TestGateway gateway = TestGateway.withPrometheus(folder, hanging.uri())) {
            List<CompletableFuture<JsonNode>> answers = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                answers.add(CompletableFuture.supplyAsync(() -> {
                    try {
                        return ask(gateway);
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                }));
            }
            assertThat(gateway.send(gateway.as(TestGateway.ADMIN, "/api/admin/metrics"))
                            .statusCode())
                    .isEqualTo(200);
            for (CompletableFuture<JsonNode> answer : answers) {
                assertThat(answer.join().path("state").asText()).isEqualTo("unreachable");
            }
            assertThat(asked).hasValue(1);
        }
    }

    @Test
    void withoutPrometheus_theyAreOff_andOnlyAdminsMayAsk() throws Exception {
        try (TestGateway gateway = TestGateway.start(folder)) {
            assertThat(ask(gateway).toString()).isEqualTo("{\"state\":\"off\",\"items\":[]}");
            assertThat(gateway.send(gateway.request("/api/admin/alerts")).statusCode())
                    .isEqualTo(401);
            for (String session : List.of(TestGateway.PUPIL, TestGateway.TEACHER)) {
                assertThat(gateway.send(gateway.as(session, "/api/admin/alerts"))
                                .statusCode())
                        .isEqualTo(403);
            }
        }
    }
}
