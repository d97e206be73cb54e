package org.tlac.platform.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JwksClientTest {

    private static final String K1 = "{\"kty\":\"oct\",\"kid\":\"k1\",\"alg\":\"HS256\",\"k\":\"AAAA\"}";
    private static final String K2 = "{\"kty\":\"oct\",\"kid\":\"k2\",\"alg\":\"HS256\",\"k\":\"AAAA\"}";

    private final AtomicReference<String> body = new AtomicReference<>("{\"keys\":[" + K1 + "]}");
    private final AtomicInteger fetches = new AtomicInteger();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-23T10:00:00Z"));
    private HttpServer server;
    private JwksClient client;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            fetches.incrementAndGet();
            byte[] bytes = body.get().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(bytes.length == 0 ? 503 : 200, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        client = new JwksClient(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/jwks.json"), now::get);
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void knownKey_isFetchedOnce() {
        assertThat(client.key("k1")).isPresent();
        assertThat(client.key("k1")).isPresent();
        assertThat(fetches).hasValue(1);
    }

    @Test
    void rotatedKey_isFoundWithoutRestart() {
        assertThat(client.key("k2")).isEmpty();
        body.set("{\"keys\":[" + K1 + "," + K2 + "]}");
        pass(JwksClient.MIN_SECONDS_BETWEEN_FETCHES);
        assertThat(client.key("k2")).isPresent();
    }

    @Test
    void unknownKeys_cannotMakeItAskWithoutEnd() {
        for (int i = 0; i < 50; i++) {
            assertThat(client.key("unknown" + i)).isEmpty();
        }
        assertThat(fetches).hasValue(1);
    }

    @Test
    void withdrawnKey_stopsCountingAfterTheMaximumAge() {
        assertThat(client.key("k1")).isPresent();
        body.set("{\"keys\":[" + K2 + "]}");
        pass(JwksClient.MAX_AGE.toSeconds());
        assertThat(client.key("k1")).isEmpty();
    }

    @Test
    void signerAway_isSaidAndRecoveredFrom() {
        String keys = body.getAndSet("");
        assertThatThrownBy(() -> client.key("k1")).isInstanceOf(KeysUnavailableException.class);
        body.set("not json");
        assertThatThrownBy(() -> client.key("k1")).isInstanceOf(KeysUnavailableException.class);
        body.set(keys);
        assertThat(client.key("k1")).isPresent();
    }

    private void pass(long seconds) {
        now.updateAndGet(time -> time.plusSeconds(seconds));
    }
}
