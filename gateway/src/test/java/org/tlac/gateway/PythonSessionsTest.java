package org.tlac.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that are talked to, through the gateway, with two replicas of a runner behind it. */
@Timeout(120)
class PythonSessionsTest {

    private static final String START = "/api/python/session";
    private final StubRunner one = new StubRunner();
    private final StubRunner two = new StubRunner();
    private TestGateway gateway;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        gateway = TestGateway.withRunners(folder, List.of(one.uri(), two.uri()));
    }

    @AfterEach
    void stop() {
        one.endStream();
        two.endStream();
        gateway.close();
        one.close();
        two.close();
    }

    private HttpRequest.Builder post(String session, String target) {
        return gateway.as(session, target)
                .header("X-CSRF-Token", TestGateway.CSRF)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}"));
    }

    private String startAs(String session) throws Exception {
        HttpResponse<String> started = gateway.send(post(session, START));
        assertThat(started.statusCode()).as(started.body()).isEqualTo(201);
        return started.body().split("\"", -1)[3];
    }

    private StubRunner replicaOf(String id) {
        return one.received.stream()
                        .anyMatch(call -> call.header("X-tlac-replica")
                                .filter(name -> id.startsWith(name + "."))
                                .isPresent())
                ? one
                : two;
    }

    private static void readUntil(InputStream in, String text) throws IOException {
        StringBuilder seen = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (seen.indexOf(text) < 0) {
            int count = in.read(buffer);
            assertThat(count).as("ended before " + text).isPositive();
            seen.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
        }
    }

    @Test
    void callsAboutAProgram_reachTheReplicaThatHasIt() throws Exception {
        Map<StubRunner, String> sessions = new HashMap<>();
        for (int user = 100; sessions.size() < 2; user++) {
            String id = startAs(TestGateway.pupil(user));
            assertThat(id).matches("[0-9a-f]{16}\\." + StubRunner.RANDOM);
            assertThat(startAs(TestGateway.pupil(user)))
                    .as("a user's programs all go to one replica")
                    .isEqualTo(id);
            sessions.put(replicaOf(id), id);
        }
        for (StubRunner replica : List.of(one, two)) {
            String path = START + "/" + sessions.get(replica);
            replica.received.clear();
            assertThat(gateway.send(post(TestGateway.PUPIL, path + "/input")).statusCode())
                    .isEqualTo(200);
            assertThat(gateway.send(gateway.as(TestGateway.PUPIL, path)
                                    .header("X-CSRF-Token", TestGateway.CSRF)
                                    .DELETE())
                            .statusCode())
                    .isEqualTo(200);
            try (InputStream in = gateway.open(
                            gateway.as(TestGateway.PUPIL, path + "/events").header("Last-Event-ID", "3"))
                    .body()) {
                readUntil(in, ": \n\n");
                replica.endStream();
            }
            assertThat(replica.received)
                    .extracting(call -> call.method() + " " + call.target())
                    .containsExactly("POST " + path + "/input", "DELETE " + path, "GET " + path + "/events");
            assertThat(replica.received)
                    .allMatch(call -> call.header("Authorization").orElse("").equals("Bearer token-of-pupil"));
            assertThat(replica.received.getLast().header("Last-event-id")).contains("3");
        }
    }

    @Test
    void events_arriveWhileTheProgramRuns() throws Exception {
        String id = startAs(TestGateway.PUPIL);
        StubRunner replica = replicaOf(id);
        HttpResponse<InputStream> answer = gateway.open(gateway.as(TestGateway.PUPIL, START + "/" + id + "/events"));
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
        assertThat(answer.headers().firstValue("X-Accel-Buffering")).contains("no");
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
        try (InputStream in = answer.body()) {
            replica.events.add("event: stdout\ndata: {\"text\":\"one\"}\n\n");
            readUntil(in, "one");
            // Longer than the connection's read timeout of one second.
            for (int beats = 0; beats < 60; beats++) {
                readUntil(in, ": \n\n");
            }
            replica.events.add("event: stdout\ndata: {\"text\":\"two\"}\n\n");
            readUntil(in, "two");
            replica.endStream();
            in.readAllBytes();
        }
    }

    @Test
    void clientThatLeaves_isNoticedByTheRunner() throws Exception {
        String id = startAs(TestGateway.PUPIL);
        try (Socket client = gateway.certificate
                .trusting()
                .getSocketFactory()
                .createSocket("localhost", gateway.uri("/").getPort())) {
            client.getOutputStream()
                    .write(("GET " + START + "/" + id + "/events HTTP/1.1\r\nHost: localhost\r\nCookie: tlac_session="
                                    + TestGateway.PUPIL + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            readUntil(client.getInputStream(), ": \n\n");
        }
        replicaOf(id).streamEnded.await();
    }

    @Test
    void clientThatReadsNothing_holdsUpTheRunner_notTheGatewaysMemory() throws Exception {
        String id = startAs(TestGateway.PUPIL);
        StubRunner replica = replicaOf(id);
        try (Socket client = gateway.certificate
                .trusting()
                .getSocketFactory()
                .createSocket("localhost", gateway.uri("/").getPort())) {
            client.getOutputStream()
                    .write(("GET " + START + "/" + id + "/events HTTP/1.1\r\nHost: localhost\r\nCookie: tlac_session="
                                    + TestGateway.PUPIL + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String big = "data: " + "x".repeat(1 << 20) + "\n\n";
            for (int i = 0; i < 64; i++) {
                replica.events.add(big);
            }
            long before = -1;
            while (before != replica.sent.get()) {
                before = replica.sent.get();
                LockSupport.parkNanos(300_000_000);
            }
            assertThat(before).as("what fits into the sockets' buffers").isLessThan(32L << 20);
        }
        replica.streamEnded.await();
    }

    @Test
    void readerWhoIsSignedOut_readsNoFurther() throws Exception {
        String id = startAs(TestGateway.pupil(500));
        try (InputStream in = gateway.open(gateway.as(TestGateway.pupil(500), START + "/" + id + "/events"))
                .body()) {
            readUntil(in, ": \n\n");
            gateway.signedOut.add(500);
            in.readAllBytes();
        }
        replicaOf(id).streamEnded.await();
    }

    @Test
    void gatewayThatStops_endsItsStreams() throws Exception {
        String id = startAs(TestGateway.PUPIL);
        try (InputStream in = gateway.open(gateway.as(TestGateway.PUPIL, START + "/" + id + "/events"))
                .body()) {
            readUntil(in, ": \n\n");
            gateway.close();
            in.readAllBytes();
        } catch (IOException e) {
            // The server's own end may be quicker than that of the stream; the client connects again after either.
        }
        replicaOf(id).streamEnded.await();
    }

    @Test
    void replicaThatIsAway_isPassedOver_andItsProgramsAreSaidToBeAway() throws Exception {
        String id = startAs(TestGateway.PUPIL);
        StubRunner gone = replicaOf(id);
        gone.close();
        HttpResponse<String> away = gateway.send(post(TestGateway.PUPIL, START + "/" + id + "/input"));
        assertThat(away.statusCode()).isEqualTo(503);
        assertThat(away.body()).contains("The Python runner is away. Please try again shortly.");
        assertThat(gateway.send(gateway.as(TestGateway.PUPIL, START + "/" + id + "/events"))
                        .statusCode())
                .isEqualTo(503);
        String other = startAs(TestGateway.PUPIL);
        assertThat(other).isNotEqualTo(id);
        assertThat(replicaOf(other)).isNotSameAs(gone);
        replicaOf(other).close();
        assertThat(gateway.send(post(TestGateway.PUPIL, START)).statusCode()).isEqualTo(503);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000.RRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRR",
                "127.0.0.1:22",
                "http:%2f%2f127.0.0.1:9083%2fmetrics",
                "0.x",
                "..%2f..%2fmetrics",
                "x@127.0.0.1",
                "%0d%0aX: y",
                "a",
            })
    void idsThatNoReplicaGave_leadNowhere(String id) throws Exception {
        String path = START + "/" + id.replace(" ", "%20");
        for (HttpRequest.Builder request : List.of(
                gateway.as(TestGateway.PUPIL, path + "/events"),
                post(TestGateway.PUPIL, path + "/input"),
                gateway.as(TestGateway.PUPIL, path)
                        .header("X-CSRF-Token", TestGateway.CSRF)
                        .DELETE())) {
            assertThat(gateway.send(request).statusCode()).isIn(400, 404);
        }
        assertThat(one.received).isEmpty();
        assertThat(two.received).isEmpty();
    }

    @Test
    void replicaNameThatAClientSends_isNotBelieved() throws Exception {
        String id = startAs(TestGateway.PUPIL);
        HttpResponse<String> again = gateway.send(post(TestGateway.PUPIL, START).header("X-Tlac-Replica", "chosen"));
        assertThat(again.body()).contains(id);
    }

    @Test
    void strangersAndForgers_areRefused() throws Exception {
        String path = START + "/0000000000000000." + StubRunner.RANDOM;
        assertThat(gateway.send(gateway.request(path + "/events")).statusCode()).isEqualTo(401);
        for (String target : List.of(START, path + "/input", "/api/python/check")) {
            assertThat(gateway.send(gateway.request(target).POST(BodyPublishers.ofString("{}")))
                            .statusCode())
                    .isEqualTo(401);
            assertThat(gateway.send(gateway.as(TestGateway.PUPIL, target).POST(BodyPublishers.ofString("{}")))
                            .statusCode())
                    .isEqualTo(403);
        }
        assertThat(gateway.send(gateway.as(TestGateway.PUPIL, path).DELETE()).statusCode())
                .isEqualTo(403);
    }

    @Test
    void startsAndChecks_countAsRuns() throws Exception {
        startAs(TestGateway.PUPIL);
        startAs(TestGateway.PUPIL);
        assertThat(gateway.send(post(TestGateway.PUPIL, "/api/python/check")).statusCode())
                .isEqualTo(200);
        HttpResponse<String> fourth = gateway.send(post(TestGateway.PUPIL, START));
        assertThat(fourth.statusCode()).isEqualTo(429);
        assertThat(fourth.body()).contains("Too many code executions. Limit: 3 per minute.");
    }
}
