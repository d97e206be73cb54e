package org.tlac.platform.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FlakyProxyTest {

    private static final int PATIENCE_MILLIS = 20_000;

    private ServerSocket server;
    private FlakyProxy wire;

    @BeforeEach
    void layToAServerThatSaysHello() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try (Socket caller = server.accept()) {
                    caller.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    // The test is over.
                }
            }
        });
        wire = FlakyProxy.to("127.0.0.1", server.getLocalPort());
    }

    @AfterEach
    void cut() throws IOException {
        wire.close();
        server.close();
    }

    private String heard() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), wire.port())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void whatTheServerSays_getsThrough() throws IOException {
        assertThat(heard()).isEqualTo("hello");
    }

    @Test
    void slow_letsItWait() throws IOException {
        wire.slow(Duration.ofMillis(300));
        long began = System.nanoTime();
        assertThat(heard()).isEqualTo("hello");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    void halved_breaksOffAfterSoManyBytes() throws IOException {
        wire.halve(2);
        assertThat(heard()).isEqualTo("he");
    }

    @Test
    void refused_connectsNobody_untilItIsMended() throws IOException {
        wire.refuse();
        assertThatThrownBy(this::heard).isInstanceOf(ConnectException.class);
        wire.mend();
        assertThat(heard()).isEqualTo("hello");
    }
}
