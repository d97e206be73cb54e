package org.tlac.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tlac.platform.metrics.Metrics;
import org.tlac.platform.metrics.ServiceName;

/** How a service stops. The patience of each is an hour: whoever waited for it would run into the tests' timeout. */
@Timeout(60)
class ServiceServerStopTest {

    private static final Metrics METRICS = Metrics.open(ServiceName.GATEWAY, "test");
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    private ServiceServer start(AutoCloseable used) {
        ServerConfig config = new ServerConfig(
                "127.0.0.1",
                0,
                "127.0.0.1",
                0,
                1000,
                4096,
                ConnectionLimits.DEFAULT.within(Duration.ofHours(1), Duration.ofHours(1)),
                Duration.ofSeconds(30),
                Runtime.getRuntime().maxMemory() / 2,
                Duration.ZERO,
                Duration.ofHours(1));
        return ServiceServer.builder(config, METRICS)
                .routes(Routes.of(
                        Route.get("/quick", Access.ANYONE, call -> Reply.json(Map.of())),
                        Route.get("/slow", Access.ANYONE, call -> {
                            arrived.countDown();
                            release.await();
                            return Reply.json(Map.of("slow", true));
                        })))
                .closing(used)
                .start();
    }

    @Test
    void idleConnections_areNotWaitedFor() throws Exception {
        ServiceServer door = start(() -> {});
        try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), door.port());
                HttpClient http = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + door.port() + "/quick");
            assertThat(http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            door.close();
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void callsInProgress_areAnsweredBeforeWhatTheyUseIsClosed() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        ServiceServer door = start(closed::countDown);
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + door.port() + "/slow");
            CompletableFuture<HttpResponse<String>> slow =
                    http.sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
            arrived.await();
            Thread stop = Thread.ofVirtual().start(door::close);
            assertThat(closed.await(200, TimeUnit.MILLISECONDS)).isFalse();
            release.countDown();
            assertThat(slow.get().body()).isEqualTo("{\"slow\":true}");
            stop.join();
            assertThat(closed.getCount()).isZero();
        }
    }
}
