package org.tlac.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.platform.identity.Identity;
import org.tlac.platform.metrics.Metrics;
import org.tlac.platform.metrics.ServiceName;

/** What a client may take of a listener, and that it gets no more: on real sockets. */
class ConnectionLifeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Metrics METRICS = Metrics.open(ServiceName.GATEWAY, "test");

    /** More than the sockets' buffers of both ends hold. */
    private static final int LARGE = 64 << 20;

    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger waiting = new AtomicInteger();
    private ServiceServer door;

    @BeforeEach
    void start() {
        ServerConfig config = new ServerConfig(
                "127.0.0.1",
                0,
                "127.0.0.1",
                0,
                1000,
                4096,
                ConnectionLimits.DEFAULT
                        .within(Duration.ofSeconds(1), Duration.ofSeconds(2))
                        .taking(Duration.ofSeconds(1))
                        .atMost(4, 2, 100, 3),
                Duration.ofSeconds(30),
                1 << 20,
                Duration.ZERO,
                Duration.ofSeconds(2));
        Routes routes = Routes.of(
                Route.get("/hello", Access.ANYONE, call -> Reply.json("hello")),
                Route.get("/pupil", Access.SIGNED_IN, call -> Reply.json("pupil")),
                Route.post("/body", Access.ANYONE, call -> Reply.json(call.body().length)),
                Route.post("/small", Access.ANYONE, call -> Reply.json(call.body().length))
                        .bodyAtMost(10),
                Route.get(
                        "/parts",
                        Access.ANYONE,
                        call -> Reply.stream(
                                200, List.of(), new ByteArrayInputStream("parts".getBytes(StandardCharsets.UTF_8)))),
                Route.get(
                        "/large",
                        Access.ANYONE,
                        call -> Reply.stream(200, List.of(), new ByteArrayInputStream(new byte[LARGE]), LARGE)),
                Route.get("/wait", Access.ANYONE, call -> {
                    waiting.incrementAndGet();
                    release.await();
                    return Reply.json("waited");
                }));
        door = ServiceServer.builder(config, METRICS)
                .edge()
                .routes(routes)
                .authentication(call -> new Identity.Anonymous(""))
                .start();
    }

    @AfterEach
    void stop() {
        release.countDown();
        door.close();
    }

    @Test
    void headThatComesLineByLine_isClosedInTime_thoughNoPauseIsLong() throws Exception {
        try (Socket socket = connect(door.port())) {
            send(socket, "GET /hello HTTP/1.1\r\nHost: x\r\n");
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> !canSend(socket, "X: y\r\n"));
        }
    }

    @Test
    void bodyThatComesByteByByte_isClosedInTime() throws Exception {
        try (Socket socket = connect(door.port())) {
            send(socket, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n");
            // Nothing more arrives: its time for the next part is over after a second.
            assertThat(readToEnd(socket)).doesNotContain("200 OK");
        }
    }

    @Test
    void clientThatReadsNothing_isClosedInTime() throws Exception {
        try (Socket socket = connect(door.port())) {
            send(socket, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
            await().atMost(PATIENCE).until(() -> open() == 0);
        }
    }

    @Test
    void clientThatReadsSlowly_getsItAll() throws Exception {
        try (Socket socket = connect(door.port())) {
            send(socket, "GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            long size = 0;
            byte[] buffer = new byte[1 << 20];
            InputStream in = socket.getInputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                size += count;
            }
            assertThat(size).isGreaterThan(LARGE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Connection: close", "Connection: Close", "Connection: te, close"})
    void connectionClose_closes_onTheManagementListenerToo(String header) throws Exception {
        String request = "GET /health/live HTTP/1.1\r\nHost: x\r\n" + header + "\r\n\r\n";
        assertThat(exchange(door.managementPort(), request).closed()).isTrue();
        assertThat(exchange(door.port(), request.replace("/health/live", "/hello"))
                        .closed())
                .isTrue();
    }

    @Test
    void streamWithConnectionClose_endsWithItsLastChunk() throws Exception {
        Answer answer = exchange(door.port(), "GET /parts HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(answer.closed()).isTrue();
        // One part alone is sent with its length; several in chunks.
        assertThat(answer.text()).containsAnyOf("\r\n\r\nparts", "5\r\nparts\r\n0\r\n\r\n");
        assertThat(answer.text()).containsAnyOf("Content-Length: 5", "0\r\n\r\n");
    }

    @Test
    void http10_isAnswered_andTheConnectionEnds() throws Exception {
        Answer answer = exchange(door.port(), "GET /hello HTTP/1.0\r\nHost: x\r\n\r\n");
        assertThat(answer.statuses()).containsExactly(200);
        assertThat(answer.text()).endsWith("\"hello\"");
        assertThat(answer.closed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/body", "/none", "/small"})
    void largeBodySentAtOnce_getsItsAnswer(String path) throws Exception {
        try (Socket socket = connect(door.port())) {
            send(socket, "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + LARGE / 4 + "\r\n\r\n");
            socket.getOutputStream().write(new byte[LARGE / 4]);
            assertThat(readToEnd(socket)).startsWith(path.equals("/none") ? "HTTP/1.1 4" : "HTTP/1.1 413");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 11})
    void routesOwnLimitOfBodies_isExact(int length) throws Exception {
        String body = "x".repeat(length);
        Answer answer = exchange(
                door.port(),
                "POST /small HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + length + "\r\n\r\n"
                        + body);
        assertThat(answer.statuses()).containsExactly(length == 10 ? 200 : 413);
    }

    @Test
    void moreCallsAtOnceThanAllowed_are503AtOnce() throws Exception {
        List<Socket> busy = occupy(3);
        Answer answer = exchange(door.port(), "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(answer.statuses()).containsExactly(503);
        assertThat(answer.text()).contains("Retry-After: 2");
        close(busy);
    }

    @Test
    void probe_isAnswered_whileEveryPlaceIsTaken() throws Exception {
        List<Socket> busy = occupy(3);
        assertThat(exchange(door.port(), "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                        .statuses())
                .containsExactly(204);
        close(busy);
    }

    @Test
    void clientsThatSendTheirBodiesSlowly_takeNoPlaceFromOthers() throws Exception {
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Socket socket = connect(door.port());
            send(socket, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345");
            slow.add(socket);
        }
        for (int i = 0; i < 10; i++) {
            assertThat(exchange(door.port(), "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                            .statuses())
                    .containsExactly(200);
        }
        for (Socket socket : slow) {
            send(socket, "67890");
            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 200");
        }
        close(slow);
    }

    @Test
    void aFullListener_letsOnlyNamedRoutesIn() throws Exception {
        List<Socket> busy = occupy(3);
        Socket fourth = connect(door.port());
        send(fourth, "GET /wait HTTP/1.1\r\nHost: x\r\n");
        Answer pupil = exchange(door.port(), "GET /pupil HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(pupil.closed()).isTrue();
        assertThat(pupil.statuses()).allMatch(status -> status == 503 || status == 401);
        close(busy);
        fourth.close();
    }

    /** Connections whose calls are being answered. */
    private List<Socket> occupy(int count) throws Exception {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Socket socket = connect(door.port());
            send(socket, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
            sockets.add(socket);
        }
        await().atMost(PATIENCE).until(() -> waiting.get() == count);
        return sockets;
    }

    private static void close(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private double open() {
        return METRICS.scrape()
                .lines()
                .filter(line -> line.startsWith("tlac_connections_open"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private static boolean canSend(Socket socket, String text) {
        try {
            send(socket, text);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static String readToEnd(Socket socket) throws IOException {
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketException e) {
            return "";
        }
    }

    private record Answer(String text, boolean closed) {

        List<Integer> statuses() {
            return Pattern.compile("HTTP/1\\.1 ([0-9]{3}) ")
                    .matcher(text)
                    .results()
                    .map(line -> Integer.valueOf(line.group(1)))
                    .toList();
        }
    }

    /** Sends and reads until the server closes, or until nothing has come for as long as the patience lasts. */
    private static Answer exchange(int port, String request) throws IOException {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        try (Socket socket = connect(port)) {
            send(socket, request);
            socket.getInputStream().transferTo(received);
            return new Answer(received.toString(StandardCharsets.ISO_8859_1), true);
        } catch (SocketTimeoutException e) {
            return new Answer(received.toString(StandardCharsets.ISO_8859_1), false);
        } catch (SocketException e) {
            return new Answer(received.toString(StandardCharsets.ISO_8859_1), true);
        }
    }
}
