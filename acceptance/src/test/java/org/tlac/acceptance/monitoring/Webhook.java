package org.tlac.acceptance.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.tlac.launcher.TestProcess;
import org.tlac.platform.testing.StubService;

/** Whoever Alertmanager tells: keeps every alert as it came. */
final class Webhook implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<JsonNode> alerts = new CopyOnWriteArrayList<>();
    private final StubService service = StubService.start(this::receive);

    private void receive(HttpExchange exchange) throws IOException {
        JSON.readTree(exchange.getRequestBody().readAllBytes()).path("alerts").forEach(alerts::add);
        StubService.reply(exchange, 200, "{}");
    }

    String url() {
        return service.uri().toString();
    }

    /**
     * Whether it was told so.
     *
     * @param status firing or resolved
     * @param labels among the alert's
     */
    boolean heard(String status, String alert, Map<String, String> labels) {
        return alerts.stream()
                .filter(each -> each.path("status").asText().equals(status))
                .map(each -> each.path("labels"))
                .filter(each -> each.path("alertname").asText().equals(alert))
                .anyMatch(each -> labels.entrySet().stream()
                        .allMatch(label -> each.path(label.getKey()).asText().equals(label.getValue())));
    }

    /** Waits until {@link #heard} is true. */
    void await(String status, String alert, Map<String, String> labels) {
        try {
            TestProcess.await(() -> heard(status, alert, labels));
        } catch (AssertionError e) {
            throw new AssertionError(alert + " is not told to be " + status + ", but there were " + names(), e);
        }
    }

    /** The names of all alerts that were heard of, each once, in order. */
    private List<String> names() {
        return alerts.stream()
                .map(alert -> alert.path("labels").path("alertname").asText())
                .distinct()
                .sorted()
                .toList();
    }

    @Override
    public void close() {
        service.close();
    }
}
