package org.tlac.gateway.status;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.gateway.upstream.ConnectionWatch;
import org.tlac.gateway.upstream.ExpiringCache;
import org.tlac.gateway.upstream.ServiceClient;
import org.tlac.platform.http.Json;

/** What Prometheus holds to be wrong, for the admin's page. Prometheus may be away: that is an answer, never a failure. */
public final class Alerts {

    private static final Logger LOG = LoggerFactory.getLogger(Alerts.class);

    /** Rules are evaluated every half minute: however many admins look, it is asked this often. */
    private static final Duration REMEMBER = Duration.ofSeconds(5);

    private static final Duration CONNECT_TIMEOUT = Duration.ofMillis(500);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final int MAX_ANSWER_BYTES = 1 << 20;
    private static final int MAX_ALERTS = 100;
    private static final int MAX_TEXT = 300;

    /** The alert that always fires: where it is missing, nobody evaluates our rules, and no alert means nothing. */
    private static final String WATCHDOG = "Watchdog";

    private static final List<String> SEVERITIES = List.of("critical", "warning", "info");

    private final Optional<URI> prometheus;
    private final Optional<ServiceClient> client;
    private final ExpiringCache<String, Map<String, Object>> answers = new ExpiringCache<>(REMEMBER, 1);

    /** Whether what is said about alerts can be relied on. */
    enum State {
        /** No Prometheus is configured. */
        OFF,
        UNREACHABLE,
        /** There is a Prometheus, but it does not evaluate TLAC's rules. */
        UNWATCHED,
        WATCHED
    }

    /** @param prometheus its base address; empty for none */
    public Alerts(Optional<URI> prometheus, ConnectionWatch watch) {
        this.prometheus = prometheus;
        this.client = prometheus.map(base -> new ServiceClient(
                ServiceClient.Config.of("Prometheus", base.resolve("/"))
                        .withConnectTimeout(CONNECT_TIMEOUT)
                        .withPatience(ServiceClient.Patience.of(TIMEOUT))
                        .withMaxAnswerBytes(MAX_ANSWER_BYTES)
                        .withIdle(1, Duration.ofSeconds(15)),
                watch));
    }

    /** {@code {state, items: [{name, severity, state, since, service, summary}]}}, the worst first, {@value #MAX_ALERTS} at most. */
    Map<String, Object> now() {
        return client.map(asked -> answers.get("alerts", key -> ask(asked)))
                .orElseGet(() -> answer(State.OFF, List.of()));
    }

    private Map<String, Object> ask(ServiceClient asked) {
        String path = prometheus.map(URI::getPath).orElse("").replaceFirst("/+$", "");
        try {
            ServiceClient.Answer answer = asked.send(ServiceClient.Request.get(path + "/api/v1/alerts"));
            JsonNode alerts = Json.tree(answer.text()).path("data").path("alerts");
            if (answer.status() == 200 && alerts.isArray()) {
                return read(alerts);
            }
            LOG.debug("Prometheus answers {} when asked for alerts", answer.status());
        } catch (RuntimeException e) {
            LOG.debug("Prometheus cannot be asked for alerts", e);
        }
        return answer(State.UNREACHABLE, List.of());
    }

    private static Map<String, Object> read(JsonNode alerts) {
        boolean watched = false;
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode alert : alerts) {
            if (label(alert, "alertname").equals(WATCHDOG)) {
                watched = true;
            } else {
                found.add(alert);
            }
        }
        List<Map<String, Object>> items = found.stream()
                .sorted(Comparator.comparing(
                                (JsonNode alert) -> !text(alert, "state").equals("firing"))
                        .thenComparingInt(alert -> rank(label(alert, "severity")))
                        .thenComparing(alert -> text(alert, "activeAt")))
                .limit(MAX_ALERTS)
                .map(Alerts::item)
                .toList();
        return answer(watched ? State.WATCHED : State.UNWATCHED, items);
    }

    private static int rank(String severity) {
        int rank = SEVERITIES.indexOf(severity);
        return rank < 0 ? SEVERITIES.size() : rank;
    }

    private static Map<String, Object> item(JsonNode alert) {
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("name", label(alert, "alertname"));
        item.put("severity", label(alert, "severity"));
        item.put("state", text(alert, "state"));
        item.put("since", text(alert, "activeAt"));
        item.put("service", label(alert, "job"));
        item.put("summary", text(alert.path("annotations"), "summary"));
        return item;
    }

    private static String label(JsonNode alert, String name) {
        return text(alert.path("labels"), name);
    }

    private static String text(JsonNode node, String key) {
        String text = node.path(key).asText();
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
    }

    private static Map<String, Object> answer(State state, List<Map<String, Object>> items) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("state", state.name().toLowerCase(java.util.Locale.ROOT));
        answer.put("items", items);
        return answer;
    }
}
