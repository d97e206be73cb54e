package org.tlac.backup;

import com.fasterxml.jackson.databind.JsonNode;
import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.tlac.platform.http.Json;
import org.tlac.platform.http.ServiceServer;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.metrics.Metrics;
import org.tlac.platform.testing.Scrape;
import org.tlac.platform.testing.TestCallers;

/** A running backup-service, as clients see it. */
final class Replica implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ALL = "/api/admin/backups";

    private final ServiceServer door;
    private final TestCallers callers;
    private final HttpClient http = HttpClient.newHttpClient();

    private Replica(ServiceServer door, TestCallers callers) {
        this.door = door;
        this.callers = callers;
    }

    record Answer(int status, JsonNode body) {
        String detail() {
            return body.path("detail").asText();
        }
    }

    static Replica start(Map<String, String> settings, Metrics metrics, TestCallers callers) {
        Map<String, String> all = new HashMap<>(
                Config.just(ConfigSources.classpath("application.yaml")).asMap().get());
        all.put("PATH", System.getenv("PATH"));
        all.put("server.port", "0");
        all.put("management.port", "0");
        all.put("server.grace", "PT2S");
        all.put("identity.jwks", callers.jwks().toString());
        all.put("backup.minimumfree", "1");
        all.put("backup.schedule", "");
        all.putAll(settings);
        BackupConfig config = BackupConfig.from(Config.just(ConfigSources.create(all)));
        return new Replica(BackupService.start(config, metrics, InstantSource.system()), callers);
    }

    Answer get(String path, Caller caller) {
        return send("GET", path, "", caller);
    }

    Answer list() {
        return get(ALL, TestCallers.ADMIN);
    }

    JsonNode one(long id) {
        return get(ALL + "/" + id, TestCallers.ADMIN).body();
    }

    Answer take() {
        return send("POST", ALL, "", TestCallers.ADMIN);
    }

    Answer verify(long id) {
        return send("POST", ALL + "/" + id + "/verify", "", TestCallers.ADMIN);
    }

    /** Takes a backup and waits for its end, good or bad. */
    JsonNode takeToTheEnd() {
        Answer begun = take();
        if (begun.status() != 202) {
            throw new AssertionError("Not begun: " + begun);
        }
        return ended(begun.body().path("id").asLong());
    }

    /** Waits until neither that backup nor a proof of it runs, and nobody holds the lock any more. */
    JsonNode ended(long id) {
        await("backup " + id + " ends", () -> {
            JsonNode now = one(id);
            return !now.path("status").asText().equals("running")
                    && !now.path("verifying").asBoolean();
        });
        return one(id);
    }

    /** @param caller null for nobody */
    Answer send(String method, String path, String body, Caller caller) {
        URI uri = URI.create("http://127.0.0.1:" + door.port() + path);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(20))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        if (caller != null) {
            request.header("Authorization", callers.bearer(caller));
        }
        try {
            HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
            return new Answer(answer.statusCode(), Json.tree(answer.body()));
        } catch (IOException e) {
            throw new AssertionError(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    URI management() {
        return URI.create("http://127.0.0.1:" + door.managementPort());
    }

    Scrape scrape() {
        return Scrape.of(management());
    }

    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("Waited in vain until " + what);
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    @Override
    public void close() {
        door.close();
        http.close();
    }
}
