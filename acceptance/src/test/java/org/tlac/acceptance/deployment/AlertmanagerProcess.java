package org.tlac.acceptance.deployment;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A real Alertmanager with the shipped configuration, which is asked what it would tell. */
final class AlertmanagerProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The rule of two more alerts, which show how far the inhibitor has read: it reads alerts in the order they came. */
    private static final String BARRIER_RULE = """

            inhibit_rules:
              - source_matchers: [alertname="BarrierSource"]
                target_matchers: [alertname="BarrierTarget"]
                equal: [barrier]
            """;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process process;
    private final URI address;

    private AlertmanagerProcess(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    /** @param temp where it keeps its data, its log and its copy of the configuration */
    static AlertmanagerProcess start(Path configuration, Path temp) throws IOException {
        // Debian's package calls it otherwise than everybody else.
        String program = Stream.of("prometheus-alertmanager", "alertmanager")
                .filter(name -> new Tool(name).isInstalled())
                .findFirst()
                .orElse("");
        assumeTrue(!program.isEmpty(), "alertmanager is not installed");
        String text = Files.readString(configuration);
        if (!text.contains("\ninhibit_rules:\n")) {
            throw new IllegalArgumentException("no inhibit_rules in " + configuration);
        }
        // Beside the original's templates, which are named by a relative path.
        Checkout.copy("monitoring/alertmanager", temp);
        Path copy = temp.resolve("monitoring/alertmanager/alertmanager.yml");
        Files.writeString(copy, text.replace("\ninhibit_rules:\n", BARRIER_RULE));
        int port = freePort();
        Process process = new ProcessBuilder(
                        program,
                        "--config.file=" + copy,
                        "--storage.path=" + temp.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port,
                        "--cluster.listen-address=")
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve("alertmanager.log").toFile())
                .start();
        AlertmanagerProcess started = new AlertmanagerProcess(process, URI.create("http://127.0.0.1:" + port));
        started.awaitReady();
        // Ready is the web server; the inhibitor starts beside it.
        started.awaitInhibitor("start");
        return started;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitReady() {
        await("get ready", () -> status("/-/ready") == 200);
    }

    private void await(String what, BooleanSupplier done) {
        Awaitility.await("Alertmanager to " + what)
                .pollInSameThread()
                .pollInterval(Duration.ofMillis(20))
                .atMost(PATIENCE)
                .failFast("Alertmanager ended", () -> !process.isAlive())
                .until(done::getAsBoolean);
    }

    /** Waits until the inhibitor, which works beside the API, has read every alert that was fired before. */
    private void awaitInhibitor(String barrier) {
        post(List.of(
                Map.of("alertname", "BarrierSource", "barrier", barrier),
                Map.of("alertname", "BarrierTarget", "barrier", barrier)));
        await("read its alerts", () -> {
            for (JsonNode alert : get("/api/v2/alerts?filter=alertname=BarrierTarget&filter=barrier=" + barrier)) {
                if (isSuppressed(alert)) {
                    return true;
                }
            }
            return false;
        });
    }

    private static boolean isSuppressed(JsonNode alert) {
        return alert.at("/status/state").asText().equals("suppressed");
    }

    /** Tells it that these alerts fire, each a set of labels, and waits until it has taken all of them in. */
    void fire(List<Map<String, String>> alerts) {
        post(alerts);
        awaitInhibitor("fired");
    }

    private void post(List<Map<String, String>> alerts) {
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
            if (labels.has("barrier")) {
                continue;
            }
            String name = Stream.of("alertname", "job", "slo")
                    .filter(labels::has)
                    .map(label -> labels.path(label).asText())
                    .reduce((one, other) -> one + " " + other)
                    .orElseThrow();
            told.put(name, !isSuppressed(alert));
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
