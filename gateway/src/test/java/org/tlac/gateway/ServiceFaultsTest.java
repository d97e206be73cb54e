package org.tlac.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tlac.platform.testing.FaultyService;
import org.tlac.platform.testing.FaultyService.Fault;
import org.tlac.platform.testing.OpenSockets;

/** One service away is one feature away: what its callers get, what everybody else gets meanwhile, and what is left of it. */
@Timeout(120)
class ServiceFaultsTest {

    private static final FaultyService ACTIVITY = FaultyService.start();
    private static final AtomicInteger NEXT_USER = new AtomicInteger(100);
    private static final ExecutorService THREADS = Executors.newVirtualThreadPerTaskExecutor();
    private static final List<String> OTHERS =
            List.of("/api/auth/me", "/api/health", "/login.html", "/lessons/manifest.json", "/metrics");
    private static TestGateway gateway;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() throws Exception {
        gateway = TestGateway.with(
                folder,
                Map.of(
                        "services.activity", ACTIVITY.uri().toString(),
                        "upstream.timeout", "PT1.5S",
                        "upstream.queuetimeout", "PT0.5S",
                        "upstream.breaker.delay", "PT0.5S",
                        "upstream.breaker.probe", "PT0.5S"));
        Files.writeString(gateway.course.resolve("manifest.json"), "{\"lessons\":[]}");
        for (String target : OTHERS) {
            timed(gateway.as(TestGateway.PUPIL, target));
        }
    }

    @AfterAll
    static void stop() {
        THREADS.shutdownNow();
        gateway.close();
        ACTIVITY.close();
    }

    private record Timed(HttpResponse<String> answer, long millis) {}

    /** Each test is somebody else, so that none uses up another's calls a minute. */
    private static CompletableFuture<Timed> save(int user) {
        return CompletableFuture.supplyAsync(
                () -> timed(gateway.as(TestGateway.pupil(user), "/api/activity/state/lesson-1/a1")
                        .header("X-CSRF-Token", TestGateway.CSRF)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"state\":{}}"))),
                THREADS);
    }

    private static Timed timed(java.net.http.HttpRequest.Builder request) {
        long start = System.nanoTime();
        try {
            HttpResponse<String> answer = gateway.send(request);
            return new Timed(answer, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "REFUSED, 503",
        "BLACKHOLED, 503",
        "SILENT, 504",
        "HEAD_ONLY, 504",
        "HALF_BODY, 504",
        "TRUNCATED, 502",
        "DRIPPING, 504",
        "GARBAGE, 502",
        "RESET, 502"
    })
    void serviceThatFails_costsItsCallersSeconds_andOthersNothing(Fault fault, int status) throws Exception {
        int user = NEXT_USER.incrementAndGet();
        ACTIVITY.fail(fault);
        List<CompletableFuture<Timed>> saves = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            saves.add(save(user));
        }
        for (String target :
                List.of("/api/auth/me", "/api/health", "/login.html", "/lessons/manifest.json", "/metrics")) {
            Timed other = timed(gateway.as(TestGateway.PUPIL, target));
            assertThat(other.answer().statusCode()).as(target).isEqualTo(200);
            assertThat(other.millis()).as(target).isLessThan(3000);
        }
        for (CompletableFuture<Timed> save : saves) {
            Timed answer = save.get(30, TimeUnit.SECONDS);
            // The first ones see the fault, those after them that it is known.
            assertThat(answer.answer().statusCode()).isIn(status, 503);
            assertThat(answer.answer().body()).startsWith("{\"detail\":\"The activity service ");
            assertThat(answer.answer().headers().firstValue("Retry-After")).isPresent();
            assertThat(answer.millis()).isLessThan(5000);
        }
        ACTIVITY.fail(Fault.NONE);
        long since = System.nanoTime();
        while (save(user).get(30, TimeUnit.SECONDS).answer().statusCode() != 200) {
            TimeUnit.MILLISECONDS.sleep(20);
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since))
                    .as("recovery")
                    .isLessThan(5000);
        }
    }

    @Test
    void faultsLeaveNothingOpen() throws Exception {
        ACTIVITY.fail(Fault.NONE);
        inParallel(1, 30);
        long before = OpenSockets.at(ACTIVITY.port());
        for (int round = 0; round < 100; round++) {
            ACTIVITY.fail(List.of(Fault.RESET, Fault.TRUNCATED, Fault.REFUSED, Fault.GARBAGE, Fault.CLOSED_AFTER)
                    .get(round % 5));
            inParallel(1 + round / 20, 10);
            ACTIVITY.fail(Fault.NONE);
            ACTIVITY.restart();
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (OpenSockets.inCloseWait(ACTIVITY.port()) > 0 || OpenSockets.at(ACTIVITY.port()) > before) {
            assertThat(System.nanoTime())
                    .as("%d open, %d before", OpenSockets.at(ACTIVITY.port()), before)
                    .isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static void inParallel(int user, int count) {
        List<CompletableFuture<Timed>> saves = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            saves.add(save(user));
        }
        saves.forEach(CompletableFuture::join);
    }
}
