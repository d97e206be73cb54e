package org.tlac.launcher.deployment;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A real Alertmanager with the shipped configuration, which is asked what it would tell. */
final class AlertmanagerProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process process;
    private final URI address;

    private AlertmanagerProcess(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    /** @param temp where it keeps its data and its log */
    static AlertmanagerProcess start(Path configuration, Path temp) throws IOException {
        // Debian's package calls it otherwise than everybody else.
        String program = Stream.of("prometheus-alertmanager", "alertmanager")
                .filter(name -> new Tool(name).isInstalled())
                .findFirst()
                .orElse("");
        assumeTrue(!program.isEmpty(), "alertmanager is not installed");
        int port = freePort();
        Process process = new ProcessBuilder(
                        program,
                        "--config.file=" + configuration,
                        "--storage.path=" + temp.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port,
                        "--cluster.listen-address=")
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve("alertmanager.log").toFile())
                .start();
        AlertmanagerProcess started = new AlertmanagerProcess(process, URI.create("http://127.0.0.1:" + port));
        started.awaitReady();
        return started;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitReady() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (status("/-/ready") != 200) {
            if (System.nanoTime() > deadline || !process.isAlive()) {
                throw new IllegalStateException("Alertmanager did not get ready");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    /** Tells it that these alerts fire, each a set of labels. */
    void fire(List<Map<String, String>> alerts) {
        var body = Checkout.JSON.createArrayNode();
        alerts.forEach(labels -> body.addObject().set("labels", Checkout.JSON.valueToTree(labels)));
        HttpRequest request = HttpRequest.newBuilder(address.resolve("/api/v2/alerts"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()))
                .build();
        try {
            var response = client.send(request, BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException(response.body());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Each alert's name, with its job or promise when it has one, and whether people would be told of it. */
    Map<String, Boolean> told() {
        Map<String, Boolean> told = new TreeMap<>();
        for (JsonNode alert : get("/api/v2/alerts")) {
            JsonNode labels = alert.path("labels");
            String name = Stream.of("alertname", "job", "slo")
                    .filter(labels::has)
                    .map(label -> labels.path(label).asText())
                    .reduce((one, other) -> one + " " + other)
                    .orElseThrow();
            told.put(name, !alert.at("/status/state").asText().equals("suppressed"));
        }
        return told;
    }

    private JsonNode get(String path) {
        try {
            return Checkout.JSON.readTree(
                    client.send(HttpRequest.newBuilder(address.resolve(path)).build(), BodyHandlers.ofString())
                            .body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private int status(String path) {
        try {
            return client.send(HttpRequest.newBuilder(address.resolve(path)).build(), BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        // It writes to its folder until then, which is removed next.
        process.onExit().join();
        client.close();
    }
}
