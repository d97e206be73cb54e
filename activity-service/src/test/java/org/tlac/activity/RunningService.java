package org.tlac.activity;

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
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.tlac.platform.db.Migrations;
import org.tlac.platform.http.Json;
import org.tlac.platform.http.ServiceServer;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.identity.Role;
import org.tlac.platform.testing.Scrape;
import org.tlac.platform.testing.TestCallers;
import org.tlac.platform.testing.TestDatabase;

/**
 * The service as it runs, on a real database, driven over HTTP. One for all tests: a process has one registry of metrics. Tests keep out
 * of each other's way by making users of their own.
 */
final class RunningService {

    static final int STATE_BYTES = 20_000;
    static final int USER_BYTES = 50_000;
    static final int ANSWER_BYTES = 30_000;

    private static final AtomicLong USERS = new AtomicLong(100);

    private final TestDatabase database = TestDatabase.create();
    private final TestCallers callers = TestCallers.start();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Path courseFolder;
    private final Path disk;
    private final ServiceServer door;

    private static final class Shared {
        private static final RunningService SERVICE = new RunningService();
    }

    static RunningService shared() {
        return Shared.SERVICE;
    }

    private RunningService() {
        try {
            courseFolder = Files.createTempDirectory("tlac-course");
            course("lesson-1", "lesson-2");
            disk = Files.createSymbolicLink(courseFolder.resolve("disk"), courseFolder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // auth-service's part, which is there before this service starts.
        Migrations.run(database.config("auth"), "audit", "org/tlac/platform/db/audit");
        door = ActivityService.start(config());
    }

    private Config config() {
        return Config.just(ConfigSources.create(Map.ofEntries(
                Map.entry("server.host", "127.0.0.1"),
                Map.entry("server.port", "0"),
                Map.entry("server.maxbodybytes", "60000"),
                Map.entry("management.host", "127.0.0.1"),
                Map.entry("management.port", "0"),
                Map.entry("database.url", database.url()),
                Map.entry("database.username", "activity"),
                Map.entry("database.passwordfile", database.passwordFile().toString()),
                Map.entry("database.poolsize", "10"),
                Map.entry("database.connecttimeout", "PT1S"),
                Map.entry("database.waittimeout", "PT20S"),
                Map.entry("database.statementtimeout", "PT3S"),
                Map.entry("identity.jwks", callers.jwks().toString()),
                Map.entry("course.folder", courseFolder.toString()),
                Map.entry("course.poll", "PT0.05S"),
                Map.entry("disk.data", disk.toString()),
                Map.entry("disk.reservebytes", "1"),
                Map.entry("disk.poll", "PT0.05S"),
                Map.entry("limits.statebytes", Integer.toString(STATE_BYTES)),
                Map.entry("limits.answerbytes", Integer.toString(ANSWER_BYTES)),
                Map.entry("limits.userbytes", Integer.toString(USER_BYTES)))));
    }

    /** Puts a course of these lessons in place, at once as a careful operator would. */
    void course(String... lessonIds) throws IOException {
        String list = String.join("\",\"title\":\"T\",\"activities\":[]},{\"id\":\"", lessonIds);
        Path next = courseFolder.resolve("next");
        Files.writeString(next, "{\"lessons\":[{\"id\":\"" + list + "\",\"title\":\"T\",\"activities\":[]}]}");
        Files.move(next, courseFolder.resolve("manifest.json"), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Puts a disk without a free byte in the place of the service's, or its own back. */
    void diskIsFull(boolean full) throws IOException {
        Path next = courseFolder.resolve("next-disk");
        Files.createSymbolicLink(next, full ? Path.of("/proc") : courseFolder);
        Files.move(next, disk, StandardCopyOption.ATOMIC_MOVE);
    }

    void breakCourse() throws IOException {
        Files.writeString(courseFolder.resolve("manifest.json"), "{\"lessons\":7}");
    }

    TestDatabase database() {
        return database;
    }

    /** A pupil whom no other test knows. */
    Caller pupil() {
        long id = USERS.incrementAndGet();
        return new Caller(id, "pupil" + id + ".x", "Pupil " + id, Role.PUPIL, 2026, "10.1.0.1");
    }

    record Answer(int status, JsonNode json, HttpResponse<String> response) {

        String detail() {
            return json.path("detail").asText();
        }
    }

    Answer get(String path, Caller caller) {
        return send("GET", path, caller, null);
    }

    Answer post(String path, Caller caller, String json) {
        return send("POST", path, caller, json, "Content-Type", "application/json");
    }

    /** @param headers name, value, name, value */
    Answer send(String method, String path, Caller caller, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + path))
                .timeout(Duration.ofSeconds(30))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (caller != null) {
            request.header("Authorization", callers.bearer(caller));
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), Json.tree(response.body()), response);
        } catch (IOException e) {
            throw new AssertionError(method + " " + path + " got no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    Scrape scrape() {
        return Scrape.of(management());
    }

    URI management() {
        return URI.create("http://127.0.0.1:" + door.managementPort());
    }

    /** Asks the database itself, as superuser and past the wire. */
    long count(String sql, Object... parameters) {
        try (Connection connection = database.superuser();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    String text(String sql, Object... parameters) {
        try (Connection connection = database.superuser();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    /** Waits for something that happens by itself. */
    static void await(String what, java.util.function.BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("Waited in vain: " + what);
            }
            Thread.onSpinWait();
        }
    }
}
