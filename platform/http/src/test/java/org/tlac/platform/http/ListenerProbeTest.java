package org.tlac.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class ListenerProbeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final AtomicBoolean answers = new AtomicBoolean(true);
    private final AtomicLong others = new AtomicLong();

    @Test
    void listenerThatStopsAnswering_isDownAndThenDead_andIsUpAgainWhenItAnswers() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                ListenerProbe probe = probe(server, () -> 0)) {
            assertThat(probe.alive()).isTrue();
            answers.set(false);
            await().atMost(PATIENCE).until(() -> !probe.up());
            await().atMost(PATIENCE).until(() -> !probe.alive());
            answers.set(true);
            await().atMost(PATIENCE).until(() -> probe.up() && probe.alive());
        }
    }

    @Test
    void listenerThatLetsNobodyButItsProbeIn_isDead() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                ListenerProbe probe = probe(server, others::getAndIncrement)) {
            answers.set(false);
            await().atMost(PATIENCE).until(() -> !probe.alive());
        }
    }

    @Test
    void listenerThatLetsOthersIn_isAlive_howeverLongItsProbeWaits() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                ListenerProbe probe = probe(server, () -> others.getAndAdd(2))) {
            answers.set(false);
            await().atMost(PATIENCE).until(() -> !probe.up());
            await().during(Duration.ofSeconds(3)).until(probe::alive);
        }
    }

    private ListenerProbe probe(ServerSocket server, LongSupplier accepted) {
        Thread.ofVirtual().start(() -> serve(server));
        ListenerProbe probe =
                new ListenerProbe("127.0.0.1", server.getLocalPort(), false, accepted, Duration.ofSeconds(1));
        probe.start();
        return probe;
    }

    private void serve(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                if (answers.get()) {
                    client.getOutputStream()
                            .write("HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                }
            } catch (IOException e) {
                // Closed, or the probe was.
            }
        }
    }
}
