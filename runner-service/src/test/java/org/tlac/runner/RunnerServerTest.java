package org.tlac.runner;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.platform.http.Json;
import org.tlac.platform.http.ServiceServer;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.identity.Role;
import org.tlac.platform.metrics.Metrics;
import org.tlac.platform.metrics.ServiceName;
import org.tlac.platform.testing.Scrape;
import org.tlac.platform.testing.TestCallers;

/** The runner over HTTP, with real tokens and the real sandbox. */
class RunnerServerTest {

    private static final Metrics METRICS = Metrics.open(ServiceName.RUNNER, "test");
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static TestCallers callers;
    private static ServiceServer runner;

    @BeforeAll
    static void start() throws Exception {
        callers = TestCallers.start();
        runner = RunnerService.start(config(Map.of()), METRICS, InstantSource.system());
        awaitReady(runner);
    }

    private static void awaitReady(ServiceServer door) throws Exception {
        URI probe = URI.create("http://127.0.0.1:" + door.managementPort() + "/health/ready");
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (send(HttpRequest.newBuilder(probe).build()).statusCode() != 200) {
            assertThat(System.nanoTime()).as("ready in time").isLessThan(deadline);
        }
    }

    @AfterAll
    static void stop() {
        runner.close();
        callers.close();
    }

    private static RunnerConfig config(Map<String, String> overrides) {
        Map<String, String> all = new HashMap<>(Map.of(
                "server.port",
                "0",
                "management.port",
                "0",
                "identity.jwks",
                callers.jwks().toString(),
                "runner.slots",
                "2"));
        all.putAll(overrides);
        return RunnerConfig.from(Config.just(ConfigSources.create(all), ConfigSources.classpath("application.yaml")));
    }

    private static HttpRequest.Builder request(ServiceServer door, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + path));
    }

    private static HttpRequest run(ServiceServer door, Caller caller, Object body) {
        return request(door, "/api/python/run")
                .header("Authorization", callers.bearer(caller))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(Json.write(body)))
                .build();
    }

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        return HTTP.send(request, BodyHandlers.ofString());
    }

    private static Map<String, Object> program(String code) {
        return new HashMap<>(Map.of("lesson_id", "lesson-1", "activity_id", "a1", "code", code));
    }

    private static String scrape() throws Exception {
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + runner.managementPort() + "/metrics"))
                        .build())
                .body();
    }

    @Test
    void run_answersInTheContractsForm() throws Exception {
        Map<String, Object> body = program("print(input())\nopen('a.svg', 'w').write('<svg/>')");
        body.put("stdin", "hi");
        body.put("files", List.of(Map.of("path", "data.txt", "content", "x")));
        JsonNode answer = Json.tree(send(run(runner, TestCallers.PUPIL, body)).body());
        assertThat(answer.path("ok").asBoolean()).isTrue();
        assertThat(answer.path("stdout").asText()).isEqualTo("hi\n");
        assertThat(answer.path("stderr").asText()).isEmpty();
        assertThat(answer.path("exit_code").asInt()).isZero();
        assertThat(answer.path("timed_out").asBoolean()).isFalse();
        assertThat(answer.path("duration_ms").isInt()).isTrue();
        assertThat(answer.path("files").toString())
                .isEqualTo(
                        "[{\"path\":\"a.svg\",\"size\":6,\"mime\":\"image/svg+xml\",\"content_base64\":\"PHN2Zy8+\"}]");
    }

    @Test
    void runs_areCountedOnce_byHowTheyEnded() throws Exception {
        Scrape before = Scrape.parse(scrape());
        send(run(runner, TestCallers.PUPIL, program("print(1)")));
        send(run(runner, TestCallers.PUPIL, program("1/0")));
        HttpResponse<String> endless = send(run(runner, TestCallers.PUPIL, program("while True: pass")));
        assertThat(Json.tree(endless.body()).path("timed_out").asBoolean()).isTrue();
        assertThat(Json.tree(endless.body()).path("stderr").asText())
                .isEqualTo("The program took too long and was stopped.\n");
        send(run(runner, TestCallers.PUPIL, program("")));
        Scrape after = Scrape.parse(scrape());
        for (String status : List.of("success", "error", "timeout")) {
            assertThat(after.since(before, "tlac_python_runs_total", "status", status))
                    .as(status)
                    .isEqualTo(1);
        }
        assertThat(after.since(before, "tlac_python_run_duration_seconds_count"))
                .isEqualTo(3);
        assertThat(after.since(before, "tlac_python_run_wait_seconds_count")).isEqualTo(3);
        assertThat(after.value("tlac_python_slots", "state", "busy")).isZero();
        assertThat(after.value("tlac_python_queue_depth")).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'lesson_id':'lesson-1','activity_id':'a1'} | Code is required.",
                "{'lesson_id':'lesson-1','activity_id':'a1','code':' '} | Code is required.",
                "{'lesson_id':'x','activity_id':'a1','code':'1'} | lesson_id must have the form lesson-1.",
                "{'lesson_id':'lesson-1','activity_id':'b','code':'1'} | activity_id must have the form a1.",
                "{'lesson_id':'lesson-1','activity_id':'a1','code':1} | Wrong value in field code.",
                "{'lesson_id':'lesson-1','activity_id':'a1','code':'1','stdin':{}} | Wrong value in field stdin.",
                "{'lesson_id':'lesson-1','activity_id':'a1','code':'1','x':1} | Unknown field: x.",
                "{'lesson_id':'lesson-1','activity_id':'a1','code':'1','files':[{'path':'a','content':'1'},{'path':'a','content':'2'}]} | Two files have the same path.",
                "{'lesson_id':'lesson-1','activity_id':'a1','code':'1','files':[{'path':'a'}]} | The file a is missing its content or too large: 50000 bytes at most.",
                "not json | Malformed JSON."
            })
    void wrongBodies_are400_inWordsForPupils(String body, String detail) throws Exception {
        HttpResponse<String> answer = send(request(runner, "/api/python/run")
                .header("Authorization", callers.bearer(TestCallers.PUPIL))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.replace('\'', '"')))
                .build());
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Json.tree(answer.body()).path("detail").asText()).isEqualTo(detail);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "/etc/passwd", "a/../b", ".x", "a b", ""})
    void hostileFilePaths_are400(String path) throws Exception {
        Map<String, Object> body = program("1");
        body.put("files", List.of(Map.of("path", path, "content", "")));
        assertThat(send(run(runner, TestCallers.PUPIL, body)).statusCode()).isEqualTo(400);
    }

    @Test
    void limits_holdAtTheirEdges() throws Exception {
        String padding = "#".repeat(20_000 - "print(1)".length());
        assertThat(send(run(runner, TestCallers.PUPIL, program("print(1)" + padding)))
                        .statusCode())
                .isEqualTo(200);
        assertThat(send(run(runner, TestCallers.PUPIL, program("print(1)" + padding + "#")))
                        .statusCode())
                .isEqualTo(400);
        Map<String, Object> files = program("1");
        List<Map<String, String>> eight = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            eight.add(Map.of("path", "f" + i, "content", "x".repeat(50_000)));
        }
        files.put("files", eight);
        assertThat(send(run(runner, TestCallers.PUPIL, files)).statusCode()).isEqualTo(200);
        eight.add(Map.of("path", "f8", "content", ""));
        assertThat(send(run(runner, TestCallers.PUPIL, files)).statusCode()).isEqualTo(400);
        files.put("files", List.of(Map.of("path", "f", "content", "x".repeat(50_001))));
        assertThat(send(run(runner, TestCallers.PUPIL, files)).statusCode()).isEqualTo(400);
        Map<String, Object> input = program("1");
        input.put("stdin", "x".repeat(50_001));
        assertThat(send(run(runner, TestCallers.PUPIL, input)).statusCode()).isEqualTo(400);
    }

    @Test
    void strangers_runNothing() throws Exception {
        assertThat(send(request(runner, "/api/python/run")
                                .POST(BodyPublishers.noBody())
                                .build())
                        .statusCode())
                .isEqualTo(401);
        assertThat(send(request(runner, "/api/python/run")
                                .header("Authorization", "Bearer forged")
                                .POST(BodyPublishers.noBody())
                                .build())
                        .statusCode())
                .isEqualTo(401);
        assertThat(send(request(runner, "/api/python/diagnostics")
                                .header("Authorization", callers.bearer(TestCallers.PUPIL))
                                .build())
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(request(runner, "/api/python/run").build()).statusCode())
                .isEqualTo(405);
        assertThat(send(request(runner, "/api/python/queue").build()).statusCode())
                .isEqualTo(401);
        HttpRequest text = request(runner, "/api/python/run")
                .header("Authorization", callers.bearer(TestCallers.PUPIL))
                .POST(BodyPublishers.ofString("{}"))
                .build();
        assertThat(send(text).statusCode()).isEqualTo(415);
    }

    @Test
    void aWholeClass_isAnswered_andThePupilWhoPressesThriceIsTold() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            Caller pupil = new Caller(100 + i, "p" + i + ".x", "P", Role.PUPIL, null, "");
            answers.add(HTTP.sendAsync(run(runner, pupil, program("print(" + i + ")")), BodyHandlers.ofString()));
        }
        for (int i = 0; i < 30; i++) {
            assertThat(Json.tree(answers.get(i).get().body()).path("stdout").asText())
                    .isEqualTo(i + "\n");
        }
        Scrape before = Scrape.parse(scrape());
        List<CompletableFuture<HttpResponse<String>>> thrice = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            thrice.add(HTTP.sendAsync(
                    run(runner, TestCallers.OTHER_PUPIL, program("import time; time.sleep(1)")),
                    BodyHandlers.ofString()));
        }
        List<Integer> statuses = thrice.stream()
                .map(CompletableFuture::join)
                .map(HttpResponse::statusCode)
                .sorted()
                .toList();
        assertThat(statuses).containsExactly(200, 200, 429);
        assertThat(Scrape.parse(scrape()).since(before, "tlac_rate_limit_exceeded_total", "limit_type", "concurrency"))
                .isEqualTo(1);
    }

    private static JsonNode queue(Caller caller) throws Exception {
        HttpResponse<String> answer = send(request(runner, "/api/python/queue")
                .header("Authorization", callers.bearer(caller))
                .build());
        assertThat(answer.statusCode()).isEqualTo(200);
        return Json.tree(answer.body());
    }

    private static void awaitQueue(Caller caller, String standing) throws Exception {
        JsonNode expected = Json.tree(standing);
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!queue(caller).equals(expected)) {
            assertThat(System.nanoTime()).as(standing).isLessThan(deadline);
        }
    }

    /** Both slots are taken, so that the others wait in the order in which they came. */
    @Test
    void queue_tellsEachPupilItsPlace() throws Exception {
        Caller third = new Caller(300, "c.x", "C", Role.PUPIL, null, "");
        awaitQueue(third, "{\"depth\":0,\"position\":null,\"running\":false}");
        String code = "import time; time.sleep(2); print('done')";
        List<CompletableFuture<HttpResponse<String>>> runs = new ArrayList<>();
        runs.add(HTTP.sendAsync(run(runner, TestCallers.PUPIL, program(code)), BodyHandlers.ofString()));
        awaitQueue(TestCallers.PUPIL, "{\"depth\":0,\"position\":null,\"running\":true}");
        runs.add(HTTP.sendAsync(run(runner, TestCallers.OTHER_PUPIL, program(code)), BodyHandlers.ofString()));
        awaitQueue(TestCallers.OTHER_PUPIL, "{\"depth\":0,\"position\":null,\"running\":true}");
        runs.add(HTTP.sendAsync(run(runner, TestCallers.PUPIL, program(code)), BodyHandlers.ofString()));
        awaitQueue(TestCallers.PUPIL, "{\"depth\":1,\"position\":1,\"running\":true}");
        runs.add(HTTP.sendAsync(run(runner, third, program(code)), BodyHandlers.ofString()));
        awaitQueue(third, "{\"depth\":2,\"position\":2,\"running\":false}");
        assertThat(queue(TestCallers.TEACHER).toString())
                .isEqualTo("{\"depth\":2,\"position\":null,\"running\":false}");
        for (CompletableFuture<HttpResponse<String>> run : runs) {
            assertThat(run.get().body()).contains("done");
        }
        awaitQueue(third, "{\"depth\":0,\"position\":null,\"running\":false}");
    }

    @Test
    void diagnostics_tellWhatTheRunnerIs() throws Exception {
        JsonNode body = Json.tree(send(request(runner, "/api/python/diagnostics")
                        .header("Authorization", callers.bearer(TestCallers.TEACHER))
                        .build())
                .body());
        assertThat(body.path("runner_enabled").asBoolean()).isTrue();
        assertThat(body.path("isolation").asText()).isEqualTo("full");
        assertThat(body.path("python_version").asText()).startsWith("3.");
        assertThat(body.path("minimum_isolation").asText()).isEqualTo("full");
        assertThat(body.path("reason").asText()).isEmpty();
        assertThat(body.path("full_isolation_lacks").asText()).isEmpty();
        List<String> canaries = new ArrayList<>();
        assertThat(body.path("layers")).hasSize(7).allSatisfy(layer -> {
            assertThat(layer.path("name").asText()).isNotBlank();
            assertThat(layer.path("what").asText()).isNotBlank();
            layer.path("canaries").properties().forEach(canary -> {
                assertThat(canary.getValue().asText()).as(canary.getKey()).isEqualTo("denied");
                canaries.add(canary.getKey());
            });
        });
        assertThat(canaries).hasSize(20).doesNotHaveDuplicates();
        assertThat(body.path("slots").path("idle").asInt()).isBetween(1, 2);
        assertThat(body.path("sessions").isInt()).isTrue();
        assertThat(body.path("queue_depth").asInt()).isZero();
        assertThat(body.path("queue_capacity").asInt()).isEqualTo(64);
        assertThat(body.path("recent_replacements").isArray()).isTrue();
    }

    @Test
    void machineWithoutASandbox_runsNothing_andSaysWhy() throws Exception {
        RunnerConfig broken = config(Map.of("runner.python", "/nonexistent/python3"));
        try (ServiceServer door = RunnerService.start(broken, METRICS, InstantSource.system())) {
            HttpResponse<String> refused = send(run(door, TestCallers.PUPIL, program("print(1)")));
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).isEqualTo("{\"detail\":\"Python runner unavailable.\"}");
            URI ready = URI.create("http://127.0.0.1:" + door.managementPort() + "/health/ready");
            assertThat(send(HttpRequest.newBuilder(ready).build()).statusCode()).isEqualTo(503);
            JsonNode body = Json.tree(send(request(door, "/api/python/diagnostics")
                            .header("Authorization", callers.bearer(TestCallers.TEACHER))
                            .build())
                    .body());
            assertThat(body.path("runner_enabled").asBoolean()).isFalse();
            assertThat(body.path("reason").asText()).contains("/nonexistent/python3");
        }
    }
}
