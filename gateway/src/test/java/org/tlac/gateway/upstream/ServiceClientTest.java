package org.tlac.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Exchanger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tlac.platform.http.ApiError;

/** Answers that are read while they arrive. */
@Timeout(60)
class ServiceClientTest {

    private final ConnectionWatch watch = ConnectionWatch.start();

    @AfterEach
    void stop() {
        watch.close();
    }

    private ServiceClient.Streamed open(int port) {
        URI base = URI.create("http://127.0.0.1:" + port);
        return new ServiceClient(ServiceClient.Config.of("parts", base).withStreamIdle(Duration.ofSeconds(30)), watch)
                .open(ServiceClient.Request.get("/parts"));
    }

    @Test
    void streamIsReadWhileItArrives_andClosedWithItsReader() throws Exception {
        Exchanger<Socket> accepted = new Exchanger<>();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answerHead(server, accepted));
            ServiceClient.Streamed streamed = open(server.getLocalPort());
            assertThat(streamed.status()).isEqualTo(200);
            Socket socket = accepted.exchange(new Socket());
            InputStream body = streamed.body();
            for (String part : new String[] {"first", "second"}) {
                socket.getOutputStream()
                        .write((part.length() + "\r\n" + part + "\r\n").getBytes(StandardCharsets.US_ASCII));
                assertThat(body.readNBytes(part.length()))
                        .asString(StandardCharsets.US_ASCII)
                        .isEqualTo(part);
            }
            body.close();
            assertThat(readToEnd(socket)).isTrue();
            socket.close();
        }
    }

    private static void answerHead(ServerSocket server, Exchanger<Socket> accepted) {
        try {
            Socket socket = server.accept();
            byte[] head = new byte[1000];
            assertThat(socket.getInputStream().read(head)).isPositive();
            socket.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            accepted.exchange(socket);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether the other side closed; a reset is that, too. */
    private static boolean readToEnd(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void serviceThatIsAway_isSaidSo() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        assertThatThrownBy(() -> open(port))
                .isInstanceOfSatisfying(
                        ApiError.class, error -> assertThat(error.status()).isEqualTo(503));
    }
}
