package org.tlac.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.platform.metrics.Metrics;
import org.tlac.platform.metrics.ServiceName;

/** Answers that are sent while they come into being, and read while they arrive. */
@Timeout(60)
class StreamTest {

    private static final Metrics METRICS = Metrics.open(ServiceName.GATEWAY, "test");
    private static final String END = "end";

    private final Parts parts = new Parts();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private ServiceServer door;

    /** A stream of what a test puts in, which ends with END; it beats by itself, as a stream of events does. */
    private static final class Parts extends InputStream {

        private final BlockingQueue<String> queue = new LinkedBlockingQueue<>();
        private final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public int read() {
            throw new UnsupportedOperationException("Nobody should read single bytes");
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            try {
                String part = queue.poll(20, TimeUnit.MILLISECONDS);
                if (END.equals(part)) {
                    return -1;
                }
                byte[] bytes = (part == null ? "." : part).getBytes(StandardCharsets.UTF_8);
                System.arraycopy(bytes, 0, buffer, offset, bytes.length);
                return bytes.length;
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    @BeforeEach
    void start() {
        ServerConfig config = new ServerConfig(
                "127.0.0.1",
                0,
                "127.0.0.1",
                0,
                1000,
                4096,
                ConnectionLimits.DEFAULT.within(Duration.ofSeconds(1), Duration.ofSeconds(1)),
                Duration.ofSeconds(30),
                1,
                Duration.ZERO,
                Duration.ofHours(1));
        door = ServiceServer.builder(config, METRICS)
                .routes(Routes.of(
                        Route.get(
                                "/parts",
                                Access.ANYONE,
                                call -> Reply.stream(
                                        200, List.of(new Reply.Header("Content-Type", "text/event-stream")), parts)),
                        Route.get("/bytes/{count}", Access.ANYONE, call -> known(call.path("count"))),
                        Route.get(
                                "/array/{count}",
                                Access.ANYONE,
                                call -> Reply.of(200, "text/plain", letters(Integer.parseInt(call.path("count"))))),
                        Route.get(
                                "/short",
                                Access.ANYONE,
                                call -> Reply.stream(
                                        200, List.of(), new ByteArrayInputStream(letters(99_999)), 100_000))))
                .shutdownHook(() -> parts.queue.add(END))
                .start();
    }

    private static Reply known(String count) {
        // More than it promises: a file may grow while it is sent.
        byte[] bytes = letters(Integer.parseInt(count) + 10);
        return Reply.stream(200, List.of(), new ByteArrayInputStream(bytes), bytes.length - 10);
    }

    private static byte[] letters(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) ('a' + i % 23);
        }
        return bytes;
    }

    /** Sends it, and reads all that comes until the server closes. */
    private String exchange(String requests) throws IOException {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
            client.getOutputStream().write(requests.getBytes(StandardCharsets.US_ASCII));
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @AfterEach
    void stop() {
        door.close();
        client.close();
    }

    private HttpResponse<InputStream> open() throws IOException, InterruptedException {
        URI parts = URI.create("http://127.0.0.1:" + door.port() + "/parts");
        return client.send(HttpRequest.newBuilder(parts).build(), BodyHandlers.ofInputStream());
    }

    private static void readUntil(InputStream in, String text) throws IOException {
        StringBuilder seen = new StringBuilder();
        byte[] buffer = new byte[1000];
        while (seen.indexOf(text) < 0) {
            int count = in.read(buffer);
            assertThat(count).as("ended before " + text).isPositive();
            seen.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
        }
    }

    @Test
    void partsArrive_whileTheAnswerGoesOn() throws Exception {
        HttpResponse<InputStream> streamed = open();
        assertThat(streamed.statusCode()).isEqualTo(200);
        try (InputStream in = streamed.body()) {
            parts.queue.add("first");
            readUntil(in, "first");
            parts.queue.add("second");
            readUntil(in, "second");
            parts.queue.add(END);
            in.readAllBytes();
        }
        parts.closed.await();
    }

    @Test
    void streamOutlastsTheReadTimeoutOfItsConnection() throws Exception {
        try (InputStream in = open().body()) {
            long start = System.nanoTime();
            int seen = 0;
            while (System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(1500)) {
                seen += in.read(new byte[10]);
            }
            assertThat(seen).isPositive();
            parts.queue.add("still here");
            readUntil(in, "still here");
        }
    }

    @Test
    void clientThatLeaves_isNoticed() throws Exception {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
            client.getOutputStream()
                    .write("GET /parts HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            readUntil(client.getInputStream(), ".");
        }
        parts.closed.await();
    }

    @Test
    void readerThatCloses_isNoticed() throws Exception {
        InputStream in = open().body();
        readUntil(in, ".");
        in.close();
        parts.closed.await();
    }

    @Test
    void serviceThatStops_endsItsStreamsFirst() throws Exception {
        try (InputStream in = open().body()) {
            readUntil(in, ".");
            parts.queue.add("last words");
            // Its grace is an hour: a stream that went on would outlast the test.
            door.close();
            readUntil(in, "last words");
        }
        assertThat(parts.closed.getCount()).isZero();
    }

    /** The buffer holds 16 KB: below, at and above it, and with nothing to send. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16_383, 16_384, 16_385, 300_000})
    void knownLength_isAnnounced_andTheConnectionGoesOn(int count) throws Exception {
        String expected = new String(letters(count), StandardCharsets.US_ASCII);
        for (String kind : List.of("bytes", "array")) {
            String head = " /" + kind + "/" + count + " HTTP/1.1\r\nHost: x\r\n";
            String answers =
                    exchange("HEAD" + head + "\r\nGET" + head + "\r\nGET" + head + "Connection: close\r\n\r\n");
            String announced = "content-length: " + count + "\r\n";
            assertThat(answers.toLowerCase(Locale.ROOT).split(announced, -1)).hasSize(4);
            assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(4);
            assertThat(answers).endsWith("\r\n\r\n" + expected);
            assertThat(answers.length()).isBetween(2 * count, 2 * count + 2000);
        }
    }

    @Test
    void streamThatEndsBeforeItsLength_endsItsConnection() throws Exception {
        String answers = exchange("GET /short HTTP/1.1\r\nHost: x\r\n\r\nGET /bytes/1 HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(answers.split("HTTP/1.1", -1)).hasSize(2);
        assertThat(answers).endsWith(new String(letters(99_999), StandardCharsets.US_ASCII));
    }
}
