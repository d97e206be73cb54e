package org.tlac.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.identity.Identity;
import org.tlac.platform.identity.Role;
import org.tlac.platform.metrics.Metrics;
import org.tlac.platform.metrics.ServiceName;

class ServiceServerTest {

    private static final int MAX_BODY = 10_000;
    private static final Duration BODY_TIMEOUT = Duration.ofSeconds(2);
    private static final AtomicBoolean READY = new AtomicBoolean(true);
    private static final CountDownLatch RELEASE = new CountDownLatch(1);
    private static final CountDownLatch WAITING = new CountDownLatch(1);
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static ServiceServer door;

    record Greeting(String name, Instant at, int times) {}

    @BeforeAll
    static void start() {
        Routes routes = Routes.of(
                Route.get("/api/hello/{name}", Access.ANYONE, call -> Reply.json(Map.of("hello", call.path("name")))),
                Route.post("/api/greet", Access.ANYONE, call -> Reply.json(call.body(Greeting.class))),
                Route.post("/api/tree", Access.ANYONE, call -> Reply.json(call.body(JsonNode.class))),
                Route.put("/api/greet", Access.SIGNED_IN, call -> Reply.json(Map.of())),
                Route.get("/api/teacher", Access.TEACHER, call -> Reply.json(call.caller())),
                Route.get("/api/service", Access.SERVICE, call -> Reply.json(Map.of())),
                Route.get("/api/guarded", Access.ANYONE, call -> {
                    throw ApiError.tooManyRequests("Slow down.", Duration.ofMillis(1200));
                }),
                Route.get("/api/large", Access.ANYONE, call -> {
                    call.reserve(call.queryInt("bytes", 0, Integer.MAX_VALUE).orElse(0));
                    return Reply.json(Map.of());
                }),
                Route.get("/api/broken", Access.ANYONE, call -> {
                    throw new IllegalStateException("secret detail");
                }),
                Route.get("/api/wait", Access.ANYONE, call -> {
                    WAITING.countDown();
                    RELEASE.await();
                    return Reply.json(Map.of());
                }),
                Route.get(
                        "/api/query",
                        Access.ANYONE,
                        call -> Reply.json(Map.of(
                                "q",
                                call.query("q").orElse("-"),
                                "n",
                                call.queryInt("n", 1, 200).orElse(50)))),
                Route.get("/files/{+path}", Access.ANYONE, call -> Reply.json(Map.of("file", call.path("path"))))
                        .asStatic());
        ServerConfig config = new ServerConfig(
                "127.0.0.1",
                0,
                "127.0.0.1",
                0,
                MAX_BODY,
                4096,
                ConnectionLimits.DEFAULT.within(Duration.ofSeconds(1), Duration.ofSeconds(1)),
                BODY_TIMEOUT,
                1,
                Duration.ZERO,
                Duration.ofSeconds(5));
        door = ServiceServer.builder(config, Metrics.open(ServiceName.GATEWAY, "test"))
                .routes(routes)
                .authentication(call -> call.header("X-Role")
                        .<Identity>map(role -> new Identity.User(
                                new Caller(1, "u", "U", Role.of(role).orElseThrow(), null, "10.0.0.1")))
                        .orElse(new Identity.Anonymous("")))
                .readiness("part", READY::get)
                .start();
    }

    @AfterAll
    static void stop() {
        RELEASE.countDown();
        door.close();
    }

    @Test
    void matchedRoute_getsDecodedParameters() throws Exception {
        assertThat(get("/api/hello/b%20c%C3%A4").body()).isEqualTo("{\"hello\":\"b cä\"}");
        assertThat(get("/files/a/b.txt").body()).isEqualTo("{\"file\":\"a/b.txt\"}");
        assertThat(get("/api/query?q=a%26b%3D%20c&n=200").body()).contains("\"q\":\"a&b= c\"", "\"n\":200");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/none, 404, Not found.",
        "GET, /files, 404, Not found.",
        "DELETE, /api/greet, 405, Method not allowed.",
        "BREW, /api/greet, 405, Method not allowed.",
        "GET, /api/query?n=201, 400, Query parameter n must be a whole number from 1 to 200.",
        "GET, /api/query?n=x, 400, Query parameter n must be a whole number from 1 to 200.",
        "GET, /api/query?q=1&q=2, 400, Query parameter q is given more than once.",
        "GET, /api/query?q=%00, 400, Text must not contain NUL characters.",
        "GET, /api/teacher, 401, Not authenticated.",
        "GET, /api/service, 401, Not authenticated.",
        "GET, /api/guarded, 429, Slow down.",
        "GET, /api/broken, 500, Something went wrong. Please try again.",
        "GET, /api//hello, 400, Malformed path.",
        "GET, /api/./hello/x, 400, Malformed path.",
        "GET, /api/hello/..%2fx, 400, Malformed path.",
        "GET, /api/%2e%2e/hello, 400, Malformed path.",
        "GET, /api/hello/a;b=c, 400, Malformed path."
    })
    void refusals_areInTheContractsForm(String method, String target, int status, String detail) throws Exception {
        String answer = raw(method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ").contains("{\"detail\":\"" + detail + "\"}");
        assertThat(answer.toLowerCase(java.util.Locale.ROOT)).contains("content-type: application/json");
        assertThat(answer).doesNotContain("secret detail");
    }

    @Test
    void wrongMethod_saysWhichAreAllowed() throws Exception {
        HttpResponse<String> answer = send(request("/api/greet").DELETE());
        assertThat(answer.headers().firstValue("Allow")).hasValue("POST, PUT");
        assertThat(send(request("/api/hello/x").DELETE()).headers().firstValue("Allow"))
                .hasValue("GET, HEAD");
    }

    @Test
    void limitedCall_saysWhenToComeBack_roundedUp() throws Exception {
        assertThat(get("/api/guarded").headers().firstValue("Retry-After")).hasValue("2");
    }

    @Test
    void access_followsTheRole() throws Exception {
        assertThat(send(request("/api/teacher").header("X-Role", "pupil")).statusCode())
                .isEqualTo(403);
        assertThat(send(request("/api/teacher").header("X-Role", "teacher")).statusCode())
                .isEqualTo(200);
        assertThat(send(request("/api/teacher").header("X-Role", "admin")).statusCode())
                .isEqualTo(200);
        assertThat(send(request("/api/service").header("X-Role", "admin")).statusCode())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "nonsense",
                "[]",
                "null",
                "{\"name\":1,\"at\":0,\"times\":1}",
                "{\"name\":true,\"at\":0,\"times\":1}",
                "{\"name\":{},\"at\":0,\"times\":1}",
                "{\"name\":\"a\\u0000\",\"at\":0,\"times\":1}",
                "{\"name\":\"a\",\"at\":\"yesterday\",\"times\":1}",
                "{\"name\":\"a\",\"at\":1e400,\"times\":1}",
                "{\"name\":\"a\",\"at\":99999999999999999999,\"times\":1}",
                "{\"name\":\"a\",\"at\":0,\"times\":\"1\"}",
                "{\"name\":\"a\",\"at\":0,\"times\":1.5}",
                "{\"name\":\"a\",\"at\":0,\"times\":null}",
                "{\"name\":\"a\",\"at\":0,\"times\":1,\"extra\":1}",
                "{\"name\":\"a\",\"name\":\"b\",\"at\":0,\"times\":1}",
                "{\"name\":\"a\",\"at\":0,\"times\":1} {}"
            })
    void wrongJson_is400(String body) throws Exception {
        HttpResponse<String> answer = post("/api/greet", body);
        assertThat(answer.statusCode()).as(body).isEqualTo(400);
        assertThat(answer.body()).startsWith("{\"detail\":\"");
    }

    @Test
    void wrongTrees_are400() throws Exception {
        assertThat(post("/api/tree", "{\"a\":{\"b\":[\"\\u0000\"]}}").statusCode())
                .isEqualTo(400);
        assertThat(post("/api/tree", "{\"\\u0000\":1}").statusCode()).isEqualTo(400);
        assertThat(post("/api/tree", "{\"a\":1,\"a\":2}").statusCode()).isEqualTo(400);
        int depth = Json.MAX_DEPTH;
        assertThat(post("/api/tree", "[".repeat(depth) + "]".repeat(depth)).statusCode())
                .isEqualTo(200);
        assertThat(post("/api/tree", "[".repeat(depth + 1) + "]".repeat(depth + 1))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void momentsInBothForms_areRead() throws Exception {
        String iso = post("/api/greet", "{\"name\":\"a\",\"at\":\"2026-11-23T11:00:00+01:00\",\"times\":1}")
                .body();
        String millis = post("/api/greet", "{\"name\":\"a\",\"at\":1795428000000,\"times\":1}")
                .body();
        assertThat(iso).isEqualTo(millis).contains("\"at\":\"2026-11-23T10:00:00Z\"");
    }

    @Test
    void otherMediaTypes_are415() throws Exception {
        HttpResponse<String> answer =
                send(request("/api/greet").header("Content-Type", "text/plain").POST(BodyPublishers.ofString("{}")));
        assertThat(answer.statusCode()).isEqualTo(415);
        assertThat(send(request("/api/greet").POST(BodyPublishers.ofString("{}")))
                        .statusCode())
                .isEqualTo(415);
    }

    @Test
    void bodyAtTheLimit_isRead_oneByteMoreIs413() throws Exception {
        String empty = "{\"name\":\"\",\"at\":0,\"times\":1}";
        String full = empty.replace("\"\"", "\"" + "x".repeat(MAX_BODY - empty.length()) + "\"");
        assertThat(post("/api/greet", full).statusCode()).isEqualTo(200);
        HttpResponse<String> declared = post("/api/greet", full + " ");
        assertThat(declared.statusCode()).isEqualTo(413);
        assertThat(declared.body()).startsWith("{\"detail\":\"");
        HttpResponse<String> chunked = send(request("/api/greet")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofInputStream(
                        () -> new java.io.ByteArrayInputStream((full + " ").getBytes(StandardCharsets.UTF_8)))));
        assertThat(chunked.statusCode()).isEqualTo(413);
    }

    @Test
    void bodyThatArrivesByteByByte_isGivenUp() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
            String head =
                    "POST /api/greet HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            InputStream answer = socket.getInputStream();
            socket.setSoTimeout(100);
            String status = "";
            // Each byte comes well within the read timeout, all of them would take a quarter of an hour.
            while (status.isEmpty()) {
                socket.getOutputStream().write(' ');
                try {
                    status = new String(answer.readNBytes("HTTP/1.1 400".length()), StandardCharsets.US_ASCII);
                } catch (SocketTimeoutException e) {
                    // Nothing yet.
                }
            }
            assertThat(status).isEqualTo("HTTP/1.1 400");
        }
    }

    @Test
    void memoryForBodies_isSharedOutAndComesBack() throws Exception {
        String tree = "[" + "{},".repeat(3000) + "{}]";
        List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + "/api/tree"))
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(tree))
                    .build();
            calls.add(HTTP.sendAsync(request, BodyHandlers.ofString()));
        }
        // One at a time fits into this listener's budget: the others wait for it or are told to come back.
        assertThat(calls.stream().map(call -> call.join().statusCode()))
                .contains(200)
                .allMatch(status -> status == 200 || status == 503);
        assertThat(calls.stream().map(CompletableFuture::join).filter(answer -> answer.statusCode() == 503))
                .allMatch(answer -> answer.headers().firstValue("Retry-After").isPresent());
        // By a connection of its own: those above are closed when they are idle for a second, perhaps just now.
        try (HttpClient fresh = HttpClient.newHttpClient()) {
            HttpRequest.Builder request = request("/api/tree").header("Content-Type", "application/json");
            assertThat(fresh.send(request.POST(BodyPublishers.ofString(tree)).build(), BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void answerThatDoesNotFitIntoTheMemoryForAll_is503() throws Exception {
        int all = (BodyBudget.RAW_FACTOR + BodyBudget.JSON_FACTOR) * MAX_BODY;
        assertThat(get("/api/large?bytes=" + all).statusCode()).isEqualTo(200);
        assertThat(get("/api/large?bytes=" + (all + 1)).statusCode()).isEqualTo(503);
        assertThat(get("/api/large?bytes=" + all).statusCode()).isEqualTo(200);
    }

    @Test
    void parserRefusals_areInTheSameForm() throws Exception {
        String answer = raw("GET / HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 400 ").contains("{\"detail\":\"Bad request.\"}");
        String large = raw("GET / HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(5000) + "\r\n\r\n");
        assertThat(large).startsWith("HTTP/1.1 4").contains("{\"detail\":\"");
    }

    @Test
    void halfARequest_isClosedAfterTheReadTimeout() throws Exception {
        assertThat(raw("GET / HT")).doesNotStartWith("HTTP/1.1 2");
    }

    @Test
    void head_hasLengthButNoBody() throws Exception {
        HttpResponse<String> answer = send(request("/api/hello/x").method("HEAD", BodyPublishers.noBody()));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValueAsLong("Content-Length")).hasValue("{\"hello\":\"x\"}".length());
    }

    @Test
    void requestsInProgress_comeBackToZero() throws Exception {
        CompletableFuture<HttpResponse<String>> waiting =
                HTTP.sendAsync(request("/api/wait").build(), BodyHandlers.ofString());
        WAITING.await();
        assertThat(metrics()).contains("tlac_http_requests_in_progress{endpoint=\"/api/wait\",method=\"GET\",} 1.0");
        RELEASE.countDown();
        assertThat(waiting.get().statusCode()).isEqualTo(200);
        get("/api/broken");
        assertThat(metrics())
                .contains(
                        "tlac_http_requests_in_progress{endpoint=\"/api/wait\",method=\"GET\",} 0.0",
                        "tlac_http_requests_in_progress{endpoint=\"/api/broken\",method=\"GET\",} 0.0");
    }

    @Test
    void clientsCannotAddSeries() throws Exception {
        String before = metrics();
        for (int i = 0; i < 50; i++) {
            raw("BREW" + i + " /random/" + i + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            get("/files/" + i);
        }
        String after = metrics();
        assertThat(after).doesNotContain("/random", "BREW").contains("endpoint=\"/static\"");
        long added = after.lines()
                        .filter(line -> line.startsWith("tlac_http_requests_total"))
                        .count()
                - before.lines()
                        .filter(line -> line.startsWith("tlac_http_requests_total"))
                        .count();
        assertThat(added).isLessThanOrEqualTo(2);
    }

    @Test
    void management_refusesWhatThePublicListenerRefuses_andAnswersHead() throws Exception {
        assertThat(management("/health//ready").statusCode()).isEqualTo(400);
        assertThat(management("/health/%2e%2e/metrics").statusCode()).isEqualTo(400);
        assertThat(management(ListenerProbe.PATH).statusCode()).isEqualTo(404);
        assertThat(management("/none").headers().firstValue("X-Request-Id")).isEmpty();
        for (String path : List.of("/health/ready", "/health/live", "/metrics")) {
            HttpRequest head = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.managementPort() + path))
                    .HEAD()
                    .build();
            assertThat(HTTP.send(head, BodyHandlers.ofString()).statusCode())
                    .as(path)
                    .isEqualTo(200);
        }
    }

    @Test
    void readiness_followsItsParts() throws Exception {
        assertThat(management("/health/live").statusCode()).isEqualTo(200);
        assertThat(management("/health/started").statusCode()).isEqualTo(200);
        assertThat(management("/health/ready").statusCode()).isEqualTo(200);
        READY.set(false);
        try {
            HttpResponse<String> down = management("/health/ready");
            assertThat(down.statusCode()).isEqualTo(503);
            assertThat(down.body()).contains("\"part\":\"DOWN\"");
            assertThat(management("/health/live").statusCode()).isEqualTo(200);
        } finally {
            READY.set(true);
        }
        assertThat(management("/api/hello/x").statusCode()).isEqualTo(404);
        assertThat(get("/metrics").statusCode()).isEqualTo(404);
    }

    private static HttpRequest.Builder request(String target) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + target));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(String target) throws Exception {
        return send(request(target));
    }

    private static HttpResponse<String> post(String target, String body) throws Exception {
        return send(request(target).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> management(String target) throws Exception {
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.managementPort() + target)));
    }

    private static String metrics() throws Exception {
        return management("/metrics").body();
    }

    /** Sends bytes as they stand and reads until the server closes. */
    private static String raw(String bytes) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            try (InputStream in = socket.getInputStream()) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
    }
}
