package org.tlac.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tlac.platform.http.Json;
import org.tlac.platform.testing.Scrape;
import org.tlac.platform.testing.TestCallers;

/** The service as a process of its own: how it stops, and that nothing outlives it, even when it is killed. */
class ServiceProcessTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newHttpClient();
    private final TestCallers callers = TestCallers.start();
    private URI service;
    private URI management;
    private Process process;

    @BeforeEach
    void start() throws IOException {
        service = URI.create("http://127.0.0.1:" + freePort());
        management = URI.create("http://127.0.0.1:" + freePort());
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "org.tlac.runner.Main");
        builder.environment()
                .putAll(Map.of(
                        "SERVER_PORT", Integer.toString(service.getPort()),
                        "MANAGEMENT_PORT", Integer.toString(management.getPort()),
                        "IDENTITY_JWKS", callers.jwks().toString(),
                        "WATCHDOG_STDIN", "true",
                        "RUNNER_SLOTS", "2"));
        process = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        await("ready", () -> ready() == 200);
        await("both slots", () -> Scrape.of(management).value("tlac_python_slots", "state", "idle") == 2);
    }

    @AfterEach
    void stop() {
        process.destroyForcibly();
        callers.close();
        http.close();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private int ready() {
        try {
            HttpRequest probe =
                    HttpRequest.newBuilder(management.resolve("/health/ready")).build();
            return http.send(probe, BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private CompletableFuture<HttpResponse<String>> run(String code) {
        byte[] body = Json.write(Map.of("lesson_id", "lesson-1", "activity_id", "a1", "code", code));
        HttpRequest request = HttpRequest.newBuilder(service.resolve("/api/python/run"))
                .header("Authorization", callers.bearer(TestCallers.PUPIL))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        return http.sendAsync(request, BodyHandlers.ofString());
    }

    private void awaitBusy() {
        await("a program runs", () -> Scrape.of(management).value("tlac_python_slots", "state", "busy") == 1);
    }

    private List<Long> family() {
        List<Long> family =
                process.toHandle().descendants().map(ProcessHandle::pid).toList();
        // Of two slots: bubblewrap, zygote and program.
        assertThat(family).hasSizeGreaterThanOrEqualTo(6);
        return family;
    }

    private static boolean lives(long pid) {
        try {
            return !Files.readString(Path.of("/proc", Long.toString(pid), "stat"))
                    .contains(") Z ");
        } catch (IOException e) {
            return false;
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("Waited in vain: " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void killedService_takesEveryProgramWithIt() {
        CompletableFuture<HttpResponse<String>> endless = run("while True: pass");
        awaitBusy();
        List<Long> family = family();
        process.destroyForcibly();
        await("every process ended", () -> family.stream().noneMatch(ServiceProcessTest::lives));
        assertThatThrownBy(endless::join).hasRootCauseInstanceOf(IOException.class);
    }

    @Test
    void serviceWhoseLauncherDies_endsWithEverything() throws Exception {
        List<Long> family = family();
        process.getOutputStream().close();
        assertThat(process.waitFor(PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS))
                .isTrue();
        await("every process ended", () -> family.stream().noneMatch(ServiceProcessTest::lives));
    }

    @Test
    void stoppedService_letsTheProgramFinish_andLeavesNothing() throws Exception {
        CompletableFuture<HttpResponse<String>> running = run("import time; time.sleep(1); print('done')");
        awaitBusy();
        List<Long> family = family();
        process.destroy();
        assertThat(running.get().body()).contains("done\\n");
        assertThat(process.waitFor(PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS))
                .isTrue();
        await("every process ended", () -> family.stream().noneMatch(ServiceProcessTest::lives));
    }
}
