package org.tlac.gateway;

import com.sun.net.httpserver.HttpExchange;
import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tlac.gateway.edge.ClientAddress;
import org.tlac.gateway.edge.Compression;
import org.tlac.gateway.edge.LimitClass;
import org.tlac.gateway.edge.RateLimits;
import org.tlac.gateway.status.MetricsAccess;
import org.tlac.gateway.upstream.UpstreamConfig;
import org.tlac.platform.http.ConnectionLimits;
import org.tlac.platform.http.ServerConfig;
import org.tlac.platform.http.ServiceServer;
import org.tlac.platform.metrics.Metrics;
import org.tlac.platform.metrics.ServiceName;
import org.tlac.platform.testing.RawHttp;
import org.tlac.platform.testing.StubService;

/** The real gateway with TLS on free ports, before stub services that write down what reaches them. */
final class TestGateway implements AutoCloseable {

    static final String PUPIL = "p".repeat(43);
    static final String ADMIN = "a".repeat(43);
    static final String TEACHER = "t".repeat(43);
    static final String CSRF = "csrf-of-the-session";
    static final String SECRET = "s".repeat(43);
    static final int MAX_MANIFEST = 10_000;
    static final Duration READ_TIMEOUT = Duration.ofSeconds(1);
    private static final Metrics METRICS = Metrics.open(ServiceName.GATEWAY, "test");

    final ConcurrentLinkedDeque<Received> received = new ConcurrentLinkedDeque<>();
    final AtomicInteger askedForSessions = new AtomicInteger();
    final Set<Integer> signedOut = ConcurrentHashMap.newKeySet();
    /** What services answer with, beside the few calls that they are asked by the gateway itself. */
    volatile String answer = "{\"from\":\"service\"}";

    volatile Map<String, String> answerHeaders = Map.of("ETag", "\"7\"");
    final StubService service;
    final TestCertificate certificate;
    final Path course;
    private final ServiceServer door;
    private final HttpClient http;

    /** What a service got to see. */
    record Received(String method, String target, Map<String, List<String>> headers, String body) {
        Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name)).map(List::getFirst);
        }
    }

    /** The session of a pupil with that id. */
    static String pupil(int id) {
        return "user-%d-".formatted(id) + "x".repeat(40);
    }

    private TestGateway(Path folder, Map<String, String> settings, List<URI> runnerReplicas) throws Exception {
        certificate = TestCertificate.in(folder);
        course = Files.createDirectories(folder.resolve("course"));
        service = StubService.start(this::serve);
        Map<ServiceName, URI> services = new EnumMap<>(ServiceName.class);
        Map<ServiceName, List<URI>> scrape = new EnumMap<>(ServiceName.class);
        for (ServiceName owner : ServiceName.values()) {
            services.put(owner, service.uri());
            scrape.put(owner, List.of(service.uri()));
        }
        for (ServiceName owner : ServiceName.values()) {
            Optional.ofNullable(settings.get("services." + owner.name().toLowerCase(Locale.ROOT)))
                    .ifPresent(elsewhere -> services.put(owner, URI.create(elsewhere)));
        }
        Path secret = Files.writeString(folder.resolve("secret"), SECRET);
        Path token = Files.writeString(folder.resolve("token"), "m".repeat(43));
        Map<LimitClass, Integer> limits = new EnumMap<>(LimitClass.class);
        limits.put(LimitClass.OTHER, 1000);
        limits.put(LimitClass.SAVES, 1000);
        limits.put(LimitClass.MARKS, 1000);
        limits.put(LimitClass.RUNS, 3);
        GatewayConfig config = new GatewayConfig(
                new ServerConfig(
                        "127.0.0.1",
                        0,
                        "127.0.0.1",
                        0,
                        1 << 20,
                        16 << 10,
                        ConnectionLimits.DEFAULT
                                .within(
                                        READ_TIMEOUT,
                                        Duration.parse(
                                                settings.getOrDefault("server.idletimeout", READ_TIMEOUT.toString())))
                                .atMost(200, 20, 200, 200),
                        Duration.ofSeconds(30),
                        Runtime.getRuntime().maxMemory() / 2,
                        Duration.ZERO,
                        Duration.ofSeconds(2)),
                0,
                certificate.certificate(),
                certificate.key(),
                Duration.ZERO,
                ClientAddress.trusting(Optional.ofNullable(settings.get("proxy.trusted")).stream()
                        .toList()),
                services,
                scrape,
                runnerReplicas.isEmpty() ? List.of(service.uri()) : runnerReplicas,
                secret,
                Duration.ofSeconds(3),
                upstream(settings),
                Duration.ofMillis(1500),
                2 << 20,
                new RateLimits.Config(true, limits),
                MetricsAccess.Config.of(settings.getOrDefault("access", "open"), token.toString()),
                Optional.ofNullable(settings.get("prometheus")).map(URI::create),
                course,
                MAX_MANIFEST,
                new Compression.Limits(1024, 100_000, 2));
        door = GatewayService.start(config, METRICS, InstantSource.system());
        http = HttpClient.newBuilder().sslContext(certificate.trusting()).build();
    }

    /** The keys below upstream as shipped, but for those that a test sets. */
    private static UpstreamConfig upstream(Map<String, String> settings) {
        return UpstreamConfig.from(
                Config.just(ConfigSources.create(settings), ConfigSources.classpath("application.yaml"))
                        .get("upstream"));
    }

    static TestGateway with(Path folder, Map<String, String> settings) throws Exception {
        return new TestGateway(folder, settings, List.of());
    }

    static TestGateway start(Path folder) throws Exception {
        return new TestGateway(folder, Map.of(), List.of());
    }

    static TestGateway withMetricsAccess(Path folder, String access) throws Exception {
        return new TestGateway(folder, Map.of("access", access), List.of());
    }

    static TestGateway withRunners(Path folder, List<URI> replicas) throws Exception {
        return new TestGateway(folder, Map.of(), replicas);
    }

    /** It believes whoever connects from 127.0.0.1, and keeps idle connections for as long as it is shipped to. */
    static TestGateway behindProxies(Path folder, URI runner) throws Exception {
        return new TestGateway(
                folder, Map.of("proxy.trusted", "127.0.0.1", "server.idletimeout", "PT30S"), List.of(runner));
    }

    static TestGateway withPrometheus(Path folder, URI prometheus) throws Exception {
        return new TestGateway(folder, Map.of("prometheus", prometheus.toString()), List.of());
    }

    /** Plays every service at once: resolves the known sessions, counts accounts, and echoes everything else. */
    void serve(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String target = exchange.getRequestURI().toString();
        Received call =
                new Received(exchange.getRequestMethod(), target, Map.copyOf(exchange.getRequestHeaders()), body);
        received.add(call);
        switch (target) {
            case "/internal/session" -> {
                askedForSessions.incrementAndGet();
                session(exchange, body);
            }
            case "/health/ready" ->
                StubService.reply(exchange, 200, "{\"status\":\"UP\",\"checks\":{\"database\":\"UP\"}}");
            case "/metrics" -> StubService.reply(exchange, 200, EXPOSITION);
            case "/internal/counts" -> StubService.reply(exchange, 200, COUNTS);
            default -> {
                exchange.getResponseHeaders().set("X-Internal", "not for clients");
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                answerHeaders.forEach(exchange.getResponseHeaders()::set);
                byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, bytes.length);
                exchange.getResponseBody().write(bytes);
                exchange.close();
            }
        }
    }

    private static final String EXPOSITION = """
            # TYPE tlac_python_runs_total counter
            tlac_python_runs_total{status="success",} 3.0
            tlac_python_runs_total{status="timeout",} 1.0
            # TYPE tlac_auth_sessions_active gauge
            tlac_auth_sessions_active 4.0
            # TYPE tlac_http_requests_total counter
            tlac_http_requests_total{endpoint="/x",method="GET",status="200",} 2.0
            tlac_http_requests_total{endpoint="/x",method="GET",status="404",} 1.0
            # TYPE jvm_threads gauge
            jvm_threads 5.0
            """;

    private static final String COUNTS = """
            {"users_active":{"pupil":1,"teacher":2,"admin":3},"sessions":4,"audit_logs":5,"total_users":6,"active_users":7,
             "total_pupils":8,"total_teachers":9,"total_admins":10,"active_sessions":11,"recent_logins_7d":12,
             "activity_states":13,"activity_revisions":14,"activity_marks":15}""";

    private void session(HttpExchange exchange, String body) throws IOException {
        Matcher user = Pattern.compile("\"user-([0-9]+)-").matcher(body);
        int id = user.find() ? Integer.parseInt(user.group(1)) : 7;
        String role = id != 7 || body.contains(PUPIL)
                ? "pupil"
                : body.contains(ADMIN) ? "admin" : body.contains(TEACHER) ? "teacher" : "";
        if (role.isEmpty() || signedOut.contains(id)) {
            StubService.reply(exchange, 401, "{\"detail\":\"Not authenticated.\"}");
            return;
        }
        StubService.reply(
                exchange, 200, """
                {"token":"token-of-%s","token_expires_at":"%s","csrf_token":"%s","session_expires_at":"%s",
                 "user":{"id":%d,"username":"%s","name":"N","role":"%s","cohort_year":2026}}""".formatted(role, Instant.now().plusSeconds(60), CSRF, Instant.now(), id, role, role));
    }

    URI uri(String target) {
        return URI.create("https://localhost:" + door.port() + target);
    }

    int port() {
        return door.port();
    }

    int redirectPort() {
        return door.port("redirect");
    }

    HttpRequest.Builder request(String target) {
        return HttpRequest.newBuilder(uri(target));
    }

    HttpRequest.Builder as(String session, String target) {
        return request(target).header("Cookie", "tlac_session=" + session);
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> begin(HttpRequest.Builder request) {
        return http.sendAsync(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<InputStream> open(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofInputStream());
    }

    HttpResponse<byte[]> bytes(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofByteArray());
    }

    RawHttp raw() {
        return new RawHttp(certificate.trusting().getSocketFactory(), door.port(), Duration.ofSeconds(8));
    }

    String metrics() throws Exception {
        try (HttpClient plain = HttpClient.newHttpClient()) {
            URI management = URI.create("http://127.0.0.1:" + door.managementPort() + "/metrics");
            return plain.send(HttpRequest.newBuilder(management).build(), BodyHandlers.ofString())
                    .body();
        }
    }

    @Override
    public void close() {
        door.close();
        service.close();
    }
}
