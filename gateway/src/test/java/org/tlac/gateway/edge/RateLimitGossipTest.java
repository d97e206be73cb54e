package org.tlac.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tlac.gateway.upstream.Addresses;
import org.tlac.gateway.upstream.ConnectionWatch;
import org.tlac.gateway.upstream.ReplicaClients;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.ConnectionLimits;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;
import org.tlac.platform.http.ServerConfig;
import org.tlac.platform.http.ServiceServer;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.identity.Identity;
import org.tlac.platform.identity.Role;
import org.tlac.platform.identity.ServiceSecret;
import org.tlac.platform.metrics.Metrics;
import org.tlac.platform.metrics.ServiceName;

/** Two gateways that know of each other, with a limit of five calls a minute. */
class RateLimitGossipTest {

    private static final Metrics METRICS = Metrics.open(ServiceName.GATEWAY, "test");
    private static final ServiceSecret SECRET = ServiceSecret.of("s".repeat(43));
    private static final int LIMIT = 5;

    private final HttpClient http = HttpClient.newHttpClient();
    private final ConnectionWatch watch = ConnectionWatch.start();
    private volatile Instant now = Instant.parse("2026-11-23T10:00:00Z");
    private Replica first;
    private Replica second;

    private record Replica(ServiceServer door, RateLimitGossip peers) {}

    @BeforeEach
    void start() throws IOException {
        int one = freePort();
        int two = freePort();
        List<URI> addresses = List.of(URI.create("http://127.0.0.1:" + one), URI.create("http://127.0.0.1:" + two));
        first = replica(one, addresses);
        second = replica(two, addresses);
    }

    private Replica replica(int managementPort, List<URI> addresses) {
        RateLimits limits =
                new RateLimits(new RateLimits.Config(true, Map.of(LimitClass.OTHER, LIMIT)), METRICS, () -> now);
        RateLimitGossip peers = new RateLimitGossip(
                addresses,
                new Addresses(Duration.ofSeconds(5)),
                new ReplicaClients(Duration.ofSeconds(1), 1 << 20, watch),
                SECRET,
                limits,
                () -> now);
        ServerConfig config = new ServerConfig(
                "127.0.0.1",
                0,
                "127.0.0.1",
                managementPort,
                1000,
                4096,
                ConnectionLimits.DEFAULT,
                Duration.ofSeconds(5),
                1,
                Duration.ZERO,
                Duration.ofSeconds(5));
        Route route =
                limits.counted(LimitClass.OTHER, Route.get("/api/x", Access.SIGNED_IN, call -> Reply.json(Map.of())));
        ServiceServer door = ServiceServer.builder(config, METRICS)
                .listeners(listener -> listener.useNio(false))
                .routes(Routes.of(route))
                .authentication(call -> new Identity.User(
                        new Caller(call.queryInt("user", 1, 9).orElse(1), "ada.l", "Ada", Role.PUPIL, 2026, "")))
                .management(peers.routes())
                .closing(peers)
                .start();
        return new Replica(door, peers);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @AfterEach
    void stop() {
        first.door().close();
        second.door().close();
        watch.close();
    }

    private HttpResponse<String> call(Replica replica, int user) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + replica.door().port() + "/api/x?user=" + user);
        return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    private List<Integer> calls(Replica replica, int count) throws Exception {
        Integer[] statuses = new Integer[count];
        for (int i = 0; i < count; i++) {
            statuses[i] = call(replica, 1).statusCode();
        }
        return List.of(statuses);
    }

    @Test
    void oneUsersCallsAtBoth_countTogether() throws Exception {
        assertThat(calls(first, 3)).containsOnly(200);
        second.peers().askAll();
        assertThat(calls(second, 3)).containsExactly(200, 200, 429);
        first.peers().askAll();
        HttpResponse<String> refused = call(first, 1);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(call(second, 2).statusCode()).isEqualTo(200);
    }

    @Test
    void whatAReplicaThatIsGoneSaid_isSoonForgotten() throws Exception {
        assertThat(calls(first, LIMIT)).containsOnly(200);
        second.peers().askAll();
        first.door().close();
        assertThat(call(second, 1).statusCode()).isEqualTo(429);
        now = now.plusSeconds(6);
        second.peers().askAll();
        assertThat(calls(second, LIMIT + 1)).containsExactly(200, 200, 200, 200, 200, 429);
    }

    @Test
    void afterAMinute_neitherRemembers() throws Exception {
        assertThat(calls(first, LIMIT)).containsOnly(200);
        now = now.plusSeconds(60);
        second.peers().askAll();
        assertThat(calls(second, LIMIT)).containsOnly(200);
    }

    @Test
    void strangers_areToldNothing() throws Exception {
        calls(first, 1);
        URI uri = URI.create("http://127.0.0.1:" + first.door().managementPort() + RateLimitGossip.PATH);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        assertThat(http.send(request.build(), BodyHandlers.ofString()).statusCode())
                .isEqualTo(401);
        HttpRequest wrong =
                request.header("Authorization", "Bearer " + "x".repeat(43)).build();
        assertThat(http.send(wrong, BodyHandlers.ofString()).statusCode()).isEqualTo(401);
        URI open = URI.create("http://127.0.0.1:" + first.door().port() + RateLimitGossip.PATH);
        HttpRequest outside = HttpRequest.newBuilder(open)
                .header("Authorization", SECRET.bearer())
                .build();
        assertThat(http.send(outside, BodyHandlers.ofString()).statusCode()).isEqualTo(404);
    }
}
