package org.tlac.runner.interactive;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.tlac.platform.http.Json;
import org.tlac.platform.identity.Caller;
import org.tlac.runner.RunningRunner;

/** A client that talks to a program: starts it, reads its events while they come, types. */
final class Talk implements AutoCloseable {

    private final RunningRunner runner;
    private final Caller caller;
    private final String id;
    private final List<Heard> heard = new CopyOnWriteArrayList<>();
    private final AtomicInteger heartbeats = new AtomicInteger();
    private InputStream stream = InputStream.nullInputStream();
    private volatile boolean streamEnded;

    record Heard(long id, String kind, JsonNode data) {}

    private Talk(RunningRunner runner, Caller caller, String id) {
        this.runner = runner;
        this.caller = caller;
        this.id = id;
    }

    static Map<String, Object> program(String code) {
        return new HashMap<>(Map.of("lesson_id", "lesson-1", "activity_id", "a1", "code", code));
    }

    /** Starts a program and reads its events. */
    static Talk start(RunningRunner runner, Caller caller, String code) {
        return begin(runner, caller, program(code)).listen(0);
    }

    /** Starts a program and does not read. */
    static Talk begin(RunningRunner runner, Caller caller, Map<String, Object> program) {
        HttpResponse<String> started = runner.post(caller, "/api/python/session", program);
        assertThat(started.statusCode()).as(started.body()).isEqualTo(201);
        JsonNode body = RunningRunner.json(started);
        String id = body.path("id").asText();
        assertThat(body.path("events").asText()).isEqualTo("/api/python/session/" + id + "/events");
        assertThat(body.path("input").asText()).isEqualTo("/api/python/session/" + id + "/input");
        return new Talk(runner, caller, id);
    }

    String id() {
        return id;
    }

    String path(String rest) {
        return "/api/python/session/" + id + rest;
    }

    /** @param told the last event known */
    Talk listen(long told) {
        HttpRequest.Builder request = runner.as(caller, path("/events"));
        if (told > 0) {
            request.header("Last-Event-ID", Long.toString(told));
        }
        try {
            HttpResponse<InputStream> answer = runner.http().send(request.build(), BodyHandlers.ofInputStream());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
            stream = answer.body();
            streamEnded = false;
            InputStream mine = stream;
            Thread.ofVirtual().start(() -> hear(mine));
            return this;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void hear(InputStream in) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            Map<String, String> fields = new HashMap<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(":")) {
                    heartbeats.incrementAndGet();
                } else if (line.isEmpty() && fields.containsKey("event")) {
                    heard.add(new Heard(
                            Long.parseLong(fields.get("id")), fields.get("event"), Json.tree(fields.get("data"))));
                    fields.clear();
                } else if (!line.isEmpty()) {
                    String[] parts = line.split(": ", 2);
                    fields.put(parts[0], parts[1]);
                }
            }
        } catch (IOException e) {
            // The connection is gone, as a test may want it.
        }
        if (in.equals(stream)) {
            streamEnded = true;
        }
    }

    List<Heard> heard() {
        return List.copyOf(heard);
    }

    List<String> kinds() {
        return heard.stream().map(Heard::kind).toList();
    }

    /** All that came on a stream. */
    String text(String stream) {
        return heard.stream()
                .filter(event -> event.kind().equals(stream))
                .map(event -> event.data().path("text").asText())
                .collect(Collectors.joining());
    }

    void awaitOutput(String text) {
        RunningRunner.await(text + " in " + heard, () -> text("stdout").contains(text));
    }

    /** Waits until the program has waited for input so many times. */
    void awaitWaiting(int times) {
        awaitWaitingOrEnd(times);
        assertThat(kinds()).doesNotContain("end");
    }

    void awaitWaitingOrEnd(int times) {
        RunningRunner.await(
                "waiting " + times + " times",
                () -> hasEnded() || kinds().stream().filter("waiting"::equals).count() >= times);
    }

    void awaitHeartbeats(int more) {
        awaitHeartbeatsOrEnd(more);
        assertThat(kinds()).doesNotContain("end");
    }

    void awaitHeartbeatsOrEnd(int more) {
        int before = heartbeats.get();
        RunningRunner.await("heartbeats", () -> hasEnded() || heartbeats.get() >= before + more);
    }

    boolean hasEnded() {
        return kinds().contains("end");
    }

    /** Waits for the end. @return how it ended */
    JsonNode awaitEnd() {
        RunningRunner.await("the end after " + heard, () -> kinds().contains("end"));
        assertThat(heard.getLast().kind()).as("nothing follows the end").isEqualTo("end");
        return heard.getLast().data();
    }

    void awaitStreamEnd() {
        RunningRunner.await("the stream's end", () -> streamEnded);
    }

    HttpResponse<String> type(String text) {
        return runner.post(caller, path("/input"), Map.of("text", text));
    }

    HttpResponse<String> endInput() {
        return runner.post(caller, path("/input"), Map.of("end", true));
    }

    HttpResponse<String> stop() {
        return runner.send(runner.as(caller, path("")).DELETE());
    }

    /** Leaves without a word, as a closed browser does. */
    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException e) {
            // Gone is gone.
        }
    }
}
