package org.tlac.acceptance.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;

/** A running Prometheus, asked over its HTTP API. A question that it refuses fails the test with its words. */
final class LivePrometheus {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long STEP_SECONDS = 1;

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI base;
    private final Instant start;

    /** @param start what is asked over time is asked from then on */
    LivePrometheus(int port, Instant start) {
        this.base = URI.create("http://127.0.0.1:" + port);
        this.start = start;
    }

    /** The series of an expression now: a JSON array of {@code {metric, value: [time, text]}}. */
    JsonNode query(String expression) {
        return ask("query", Map.of("query", expression)).path("result");
    }

    /** The one value of an expression; fails when there are none or several. */
    double value(String expression) {
        JsonNode result = query(expression);
        if (result.size() != 1) {
            throw new AssertionError(expression + " has " + result.size() + " series: " + result);
        }
        return result.path(0).path("value").path(1).asDouble();
    }

    /** How many series an expression had at any time since the start; a series of nothing but NaN is none. */
    int seriesWithData(String expression) {
        JsonNode result = ask(
                        "query_range",
                        Map.of(
                                "query", expression,
                                "start", Long.toString(start.getEpochSecond()),
                                "end", Long.toString(Instant.now().getEpochSecond()),
                                "step", Long.toString(STEP_SECONDS)))
                .path("result");
        int count = 0;
        for (JsonNode series : result) {
            for (JsonNode sample : series.path("values")) {
                if (!sample.path(1).asText().equals("NaN")) {
                    count++;
                    break;
                }
            }
        }
        return count;
    }

    /** How many series a selector has matched since the start. */
    int matching(String selector) {
        return ask("series", Map.of("match[]", selector, "start", Long.toString(start.getEpochSecond())))
                .size();
    }

    /** The values of a label, as Grafana's variables read them. */
    JsonNode labelValues(String selector, String label) {
        return get("label/" + label + "/values?match[]=" + URLEncoder.encode(selector, StandardCharsets.UTF_8));
    }

    /** What an API path without parameters answers, below its {@code data}. */
    JsonNode get(String path) {
        return data(HttpRequest.newBuilder(base.resolve("/api/v1/" + path)).build());
    }

    private JsonNode ask(String path, Map<String, String> form) {
        String body = form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return data(HttpRequest.newBuilder(base.resolve("/api/v1/" + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body))
                .build());
    }

    private JsonNode data(HttpRequest request) {
        try {
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            JsonNode body = JSON.readTree(answer.body());
            if (!body.path("status").asText().equals("success")) {
                throw new AssertionError(request.uri() + " is refused: " + answer.body());
            }
            return body.path("data");
        } catch (IOException e) {
            throw new AssertionError(request.uri() + " is not answered", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
