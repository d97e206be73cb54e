package org.tlac.runner;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.tlac.platform.http.Json;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.testing.Scrape;
import org.tlac.platform.testing.TestCallers;

/** The service as a process of its own, as it is in production, and who calls it. */
final class RunnerProcess implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newHttpClient();
    private final TestCallers callers = TestCallers.start();
    private final URI service = URI.create("http://127.0.0.1:" + freePort());
    private final URI management = URI.create("http://127.0.0.1:" + freePort());
    private final Path log;
    private final Process process;

    /**
     * @param before what starts it: a command that takes another as its arguments; empty for nothing
     * @param environment beside its ports and keys
     */
    RunnerProcess(List<String> before, Map<String, String> environment) throws IOException {
        log = Files.createTempFile("runner", ".log");
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "org.tlac.runner.Main"));
        Map<String, String> all = new HashMap<>(Map.of(
                "SERVER_PORT", Integer.toString(service.getPort()),
                "MANAGEMENT_PORT", Integer.toString(management.getPort()),
                "IDENTITY_JWKS", callers.jwks().toString(),
                "WATCHDOG_STDIN", "true",
                "RUNNER_SLOTS", "2"));
        all.putAll(environment);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(all);
        process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        RunningRunner.await("it answers", () -> health("started").statusCode() == 200);
    }

    RunnerProcess awaitReady() {
        RunningRunner.await("ready", () -> health("ready").statusCode() == 200);
        return this;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    Process process() {
        return process;
    }

    String log() throws IOException {
        return Files.readString(log).replace("\\/", "/");
    }

    /** The answer of a probe; 0 while nobody listens. */
    Answer health(String probe) {
        try {
            HttpRequest request = HttpRequest.newBuilder(management.resolve("/health/" + probe))
                    .build();
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body());
        } catch (IOException e) {
            return new Answer(0, "{}");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    record Answer(int statusCode, String body) {

        JsonNode json() {
            return Json.tree(body);
        }
    }

    CompletableFuture<HttpResponse<String>> run(String code) {
        return run(TestCallers.PUPIL, code);
    }

    CompletableFuture<HttpResponse<String>> run(Caller caller, String code) {
        return post(caller, "/api/python/run", code);
    }

    CompletableFuture<HttpResponse<String>> post(Caller caller, String path, String code) {
        byte[] body = Json.write(Map.of("lesson_id", "lesson-1", "activity_id", "a1", "code", code));
        HttpRequest request = HttpRequest.newBuilder(service.resolve(path))
                .header("Authorization", callers.bearer(caller))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        return http.sendAsync(request, BodyHandlers.ofString());
    }

    JsonNode get(Caller caller, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(service.resolve(path))
                .header("Authorization", callers.bearer(caller))
                .build();
        return Json.tree(http.send(request, BodyHandlers.ofString()).body());
    }

    Scrape scrape() {
        return Scrape.of(management);
    }

    void awaitBusy() {
        RunningRunner.await("a program runs", () -> scrape().value("tlac_python_slots", "state", "busy") == 1);
    }

    /** Every process below it. */
    List<Long> family() {
        return process.toHandle().descendants().map(ProcessHandle::pid).toList();
    }

    /** Ends what the service has started, as if by an accident. */
    void killSandboxes() {
        process.toHandle()
                .descendants()
                .filter(one -> one.parent()
                        .flatMap(parent -> parent.info().command())
                        .filter(command -> command.endsWith("/java"))
                        .isPresent())
                .forEach(ProcessHandle::destroyForcibly);
    }

    void awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    static void awaitGone(List<Long> family) {
        RunningRunner.await("every process ended", () -> family.stream().noneMatch(Descendants::lives));
    }

    @Override
    public void close() {
        List<Long> family = family();
        process.destroyForcibly();
        callers.close();
        http.close();
        awaitGone(family);
    }
}
