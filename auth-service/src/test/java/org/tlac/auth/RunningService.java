package org.tlac.auth;

import com.fasterxml.jackson.databind.JsonNode;
import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import javax.net.SocketFactory;
import org.tlac.platform.http.Json;
import org.tlac.platform.http.ServiceServer;
import org.tlac.platform.metrics.Metrics;
import org.tlac.platform.metrics.ServiceName;
import org.tlac.platform.testing.RawHttp;
import org.tlac.platform.testing.Scrape;
import org.tlac.platform.testing.TestDatabase;

/**
 * The service as it runs, on a real database, driven over HTTP as the gateway does. One for all tests, because a process has one registry
 * of metrics; {@link #replica} is another server on the same or another database. Tests make users of their own, and the clock only
 * ever goes forward.
 */
final class RunningService implements AutoCloseable {

    static final String PASSWORD = "correct horse";
    static final String ADMIN = "head.admin";

    private static final String SECRET = "a-service-secret-of-43-characters-or-more-0123";
    private static final Metrics METRICS = Metrics.open(ServiceName.AUTH, "test");
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final TestDatabase database;
    private final TestClock clock;
    private final ServiceServer door;

    private static final class Shared {
        private static final RunningService SERVICE = bootstrapped();
    }

    /** With one admin, {@value #ADMIN}. */
    static RunningService shared() {
        return Shared.SERVICE;
    }

    private static RunningService bootstrapped() {
        RunningService service = new RunningService(TestDatabase.create(), new TestClock(), Map.of());
        int status = service.asGateway(
                        "/api/admin/bootstrap",
                        Map.of("username", ADMIN, "name", "Head", "password", PASSWORD),
                        "10.0.0.9")
                .status();
        if (status != 200) {
            throw new AssertionError("bootstrap answered " + status);
        }
        return service;
    }

    /** A service on a database without anybody. */
    static RunningService empty() {
        return new RunningService(TestDatabase.create(), new TestClock(), Map.of());
    }

    /** Several that start at the same moment on a new database. */
    static List<RunningService> replicasOfOne(int count) throws Exception {
        TestDatabase database = TestDatabase.create();
        TestClock clock = new TestClock();
        return Together.run(count, i -> new RunningService(database, clock, Map.of("database.poolsize", "3")));
    }

    /** One more on the same database and clock, as another replica or after a restart. */
    RunningService replica(Map<String, String> settings) {
        return new RunningService(database, clock, settings);
    }

    private RunningService(TestDatabase database, TestClock clock, Map<String, String> settings) {
        this.database = database;
        this.clock = clock;
        this.door = AuthService.start(AuthConfig.from(config(database, settings)), METRICS, clock);
    }

    private static Config config(TestDatabase database, Map<String, String> settings) {
        Map<String, String> values = new HashMap<>(Map.of(
                "server.port", "0",
                "management.port", "0",
                "database.url", database.url(),
                "database.username", "auth",
                "database.passwordfile", database.passwordFile().toString(),
                "database.poolsize", "10",
                "database.connecttimeout", "PT1S",
                "identity.servicesecretfile", secretFile().toString(),
                "password.wait", "PT30S",
                "upkeep.interval", "PT0.05S"));
        values.putAll(settings);
        return Config.just(ConfigSources.create(values));
    }

    private static Path secretFile() {
        try {
            Path file = Files.createTempFile("tlac-test", ".secret");
            file.toFile().deleteOnExit();
            return Files.writeString(file, SECRET + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Real time, and what tests moved it ahead. */
    static final class TestClock implements InstantSource {

        private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead.get()).truncatedTo(ChronoUnit.MILLIS);
        }

        void advance(Duration by) {
            ahead.accumulateAndGet(by, Duration::plus);
        }
    }

    TestClock clock() {
        return clock;
    }

    TestDatabase database() {
        return database;
    }

    URI management() {
        return URI.create("http://127.0.0.1:" + door.managementPort());
    }

    /** What other services are given as {@code identity.jwks}. */
    URI jwks() {
        return URI.create("http://127.0.0.1:" + door.port() + "/.well-known/jwks.json");
    }

    Scrape scrape() {
        return Scrape.of(management());
    }

    @Override
    public void close() {
        door.close();
    }

    record Answer(int status, JsonNode json, HttpResponse<String> response) {

        String detail() {
            return json.path("detail").asText();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        /** The value of the session cookie that it sets. */
        String cookie() {
            return header("Set-Cookie").replaceFirst("tlac_session=([^;]*);.*", "$1");
        }
    }

    /** A session as the gateway knows it: the cookie, and the token that it is worth. */
    record SignedIn(String cookie, String token, String csrfToken, JsonNode user) {}

    // What the gateway does.

    Answer asGateway(String path, Object body, String clientAddress) {
        return asGatewayRaw(path, Json.text(body), clientAddress);
    }

    Answer asGatewayRaw(String path, String body, String clientAddress) {
        return send("POST", path, body, gatewayHeaders(clientAddress));
    }

    static List<String> gatewayHeaders(String clientAddress) {
        return List.of(
                "Authorization",
                "Bearer " + SECRET,
                "X-Tlac-Service",
                "gateway",
                "X-Tlac-Client-Address",
                clientAddress,
                "Content-Type",
                "application/json");
    }

    /** What a body of that length is answered that nobody sends: a client still sending would miss the answer. */
    List<Integer> announce(String path, int length) {
        return raw(path, "", length, "");
    }

    /** What bytes are answered that no HTTP client would send. */
    List<Integer> raw(String path, String header, int length, String body) {
        StringBuilder head = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: auth\r\nConnection: close\r\n");
        List<String> headers = gatewayHeaders("10.0.0.1");
        for (int i = 0; i < headers.size(); i += 2) {
            head.append(headers.get(i)).append(": ").append(headers.get(i + 1)).append("\r\n");
        }
        head.append(header)
                .append("Content-Length: ")
                .append(length)
                .append("\r\n\r\n")
                .append(body);
        return new RawHttp(SocketFactory.getDefault(), door.port(), Duration.ofSeconds(10))
                .send(head.toString())
                .statuses();
    }

    Answer login(String username, String password, String clientAddress) {
        return asGateway("/api/auth/login", Map.of("username", username, "password", password), clientAddress);
    }

    Answer login(String username, String password) {
        return login(username, password, "10.0.0.1");
    }

    Answer resolve(String cookie) {
        return asGateway("/internal/session", Map.of("cookie", cookie, "client_address", "10.0.0.7"), "10.0.0.7");
    }

    SignedIn signIn(String username, String password) {
        Answer login = login(username, password);
        if (login.status() != 200) {
            throw new AssertionError(
                    username + " cannot sign in: " + login.response().body());
        }
        Answer resolved = resolve(login.cookie());
        return new SignedIn(
                login.cookie(),
                resolved.json().required("token").asText(),
                resolved.json().required("csrf_token").asText(),
                resolved.json().required("user"));
    }

    SignedIn admin() {
        return signIn(ADMIN, PASSWORD);
    }

    // What a signed-in user does through it.

    Answer get(String path, SignedIn who) {
        return send("GET", path, null, userHeaders(who));
    }

    Answer post(String path, SignedIn who, Object body) {
        return send("POST", path, Json.text(body), userHeaders(who));
    }

    static List<String> userHeaders(SignedIn who) {
        return who == null
                ? List.of("Content-Type", "application/json")
                : List.of(
                        "Authorization",
                        "Bearer " + who.token(),
                        "X-Tlac-Session",
                        who.cookie(),
                        "Content-Type",
                        "application/json");
    }

    Answer send(String method, String path, String body, List<String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + path))
                .timeout(Duration.ofSeconds(60))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!headers.isEmpty()) {
            request.headers(headers.toArray(String[]::new));
        }
        try {
            HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), Json.tree(response.body()), response);
        } catch (IOException e) {
            throw new AssertionError(method + " " + path + " got no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** A username that nobody has, in the pupils' form. */
    static String newName() {
        int number = NAMES.incrementAndGet();
        StringBuilder letters = new StringBuilder("pupil");
        for (char digit : Integer.toString(number).toCharArray()) {
            letters.append((char) ('a' + (digit - '0')));
        }
        return letters + ".x";
    }

    /** An active user with {@link #PASSWORD}, put into the database past the service and its dear hash. */
    String user(String role) {
        String username = newName();
        String hash = text("select password_hash from auth.users where username = ?", ADMIN);
        execute(
                "insert into auth.users (username, name, role, cohort_year, password_hash, created_at) "
                        + "values (?, ?, ?, ?, ?, now())",
                username,
                "Name of " + username,
                role,
                role.equals("pupil") ? 2026 : null,
                hash);
        return username;
    }

    // What only the database knows, asked as superuser and past the wire.

    long count(String sql, Object... parameters) {
        return Long.parseLong(text(sql, parameters));
    }

    String text(String sql, Object... parameters) {
        return texts(sql, parameters).stream().findFirst().orElse(null);
    }

    List<String> texts(String sql, Object... parameters) {
        try (Connection connection = database.superuser();
                PreparedStatement statement = prepared(connection, sql, parameters);
                ResultSet rows = statement.executeQuery()) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    void execute(String sql, Object... parameters) {
        try (Connection connection = database.superuser();
                PreparedStatement statement = prepared(connection, sql, parameters)) {
            statement.execute();
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    private static PreparedStatement prepared(Connection connection, String sql, Object... parameters)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        return statement;
    }

    /** How many of the service's connections wait for a lock, in this database. */
    long waiting() {
        return count("select count(*) from pg_stat_activity "
                + "where datname = current_database() and usename = 'auth' and wait_event_type = 'Lock'");
    }

    /** Waits for something that happens by itself. */
    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("Waited in vain: " + what);
            }
            Thread.onSpinWait();
        }
    }
}
