package org.tlac.runner;

import com.fasterxml.jackson.databind.JsonNode;
import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
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
import org.tlac.platform.metrics.ServiceName;
import org.tlac.platform.testing.Scrape;
import org.tlac.platform.testing.TestCallers;

/** The runner with the real sandbox on free ports, and who calls it. */
public final class RunningRunner implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Metrics METRICS = Metrics.open(ServiceName.RUNNER, "test");

    private final TestCallers callers = TestCallers.start();
    private final HttpClient http = HttpClient.newHttpClient();
    private final ServiceServer door;

    private RunningRunner(Map<String, String> overrides) {
        Map<String, String> all = new HashMap<>(Map.of(
                "server.port",
                "0",
                "management.port",
                "0",
                "identity.jwks",
                callers.jwks().toString(),
                "runner.slots",
                "2"));
        all.putAll(overrides);
        Config config = Config.just(ConfigSources.create(all), ConfigSources.classpath("application.yaml"));
        door = RunnerService.start(RunnerConfig.from(config), METRICS, InstantSource.system());
    }

    /** Started, with these keys of the configuration changed, and its sandbox proven. */
    public static RunningRunner start(Map<String, String> overrides) {
        RunningRunner runner = new RunningRunner(overrides);
        URI probe = URI.create("http://127.0.0.1:" + runner.door.managementPort() + "/health/ready");
        await("ready", () -> runner.send(HttpRequest.newBuilder(probe)).statusCode() == 200);
        return runner;
    }

    public static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("Waited in vain: " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + door.port() + path);
    }

    public HttpRequest.Builder as(Caller caller, String path) {
        return HttpRequest.newBuilder(uri(path)).header("Authorization", callers.bearer(caller));
    }

    public HttpResponse<String> post(Caller caller, String path, Object body) {
        return send(as(caller, path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(Json.write(body))));
    }

    public HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public HttpClient http() {
        return http;
    }

    public static JsonNode json(HttpResponse<String> answer) {
        return Json.tree(answer.body());
    }

    public Scrape scrape() {
        URI metrics = URI.create("http://127.0.0.1:" + door.managementPort() + "/metrics");
        return Scrape.parse(send(HttpRequest.newBuilder(metrics)).body());
    }

    public ServiceServer door() {
        return door;
    }

    @Override
    public void close() {
        door.close();
        http.close();
        callers.close();
    }
}
