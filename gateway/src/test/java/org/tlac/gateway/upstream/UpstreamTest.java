package org.tlac.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tlac.gateway.upstream.ServiceClient.Answer;
import org.tlac.gateway.upstream.ServiceClient.Request;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Reply;
import org.tlac.platform.identity.ServiceSecret;
import org.tlac.platform.testing.FaultyService;
import org.tlac.platform.testing.FaultyService.Fault;
import org.tlac.platform.testing.OpenSockets;

/** A service behind the gateway, and every way in which it can fail its callers, on real sockets. */
@Timeout(120)
class UpstreamTest {

    private static final ServiceSecret SECRET = ServiceSecret.of("s".repeat(43));
    private static final Request GET = Request.get("/x");
    private static final Request POST =
            new Request("POST", "/x", List.of(), "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8));

    private final ConnectionWatch watch = ConnectionWatch.start();
    private final FaultyService service = FaultyService.start();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void stop() {
        threads.shutdownNow();
        watch.close();
        service.close();
    }

    private Upstream upstream(Map<String, String> settings) {
        Map<String, String> all =
                new HashMap<>(Map.of("upstream.timeout", "PT1.2S", "upstream.queuetimeout", "PT0.2S"));
        all.putAll(settings);
        UpstreamConfig config =
                UpstreamConfig.from(Config.just(ConfigSources.create(all), ConfigSources.classpath("application.yaml"))
                        .get("upstream"));
        return new Upstream("stub", service.uri(), SECRET, config, watch);
    }

    private static Upstream withoutBreaker(UpstreamTest test) {
        return test.upstream(Map.of("upstream.breaker.window", "10000"));
    }

    /** The status of the answer, or of the refusal. */
    private static int status(Upstream upstream, Request request) {
        try {
            Answer answer = upstream.asUser(request, "token");
            assertThat(answer.text()).isEqualTo(FaultyService.BODY);
            return answer.status();
        } catch (ApiError error) {
            return error.status();
        }
    }

    private static long millis(Runnable what) {
        long start = System.nanoTime();
        what.run();
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(10);
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
        "RESET, 502",
        "CLOSED, 502"
    })
    void failure_isToldInTime_overNewAndKeptConnections_andOverWithTheFault(Fault fault, int status) throws Exception {
        Upstream upstream = withoutBreaker(this);
        service.fail(fault);
        assertThat(millis(() -> assertThat(status(upstream, POST)).isEqualTo(status)))
                .isLessThan(4000);
        service.fail(Fault.NONE);
        assertThat(status(upstream, POST)).isEqualTo(200);
        service.fail(fault);
        assertThat(millis(() -> assertThat(status(upstream, POST)).isEqualTo(status)))
                .isLessThan(4000);
        service.fail(Fault.NONE);
        assertThat(status(upstream, POST)).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"LAST_ANSWER", "CLOSED_AFTER", "HALF_CLOSED_AFTER", "TOO_MUCH"})
    void connectionThatIsOfNoMoreUse_isClosedAndHurtsNoCall(Fault fault) throws Exception {
        Upstream upstream = withoutBreaker(this);
        assertThat(status(upstream, GET)).isEqualTo(200);
        long before = OpenSockets.ofThisProcess();
        service.fail(fault);
        for (int i = 0; i < 100; i++) {
            assertThat(status(upstream, GET)).isEqualTo(200);
        }
        service.fail(Fault.NONE);
        assertThat(status(upstream, POST)).isEqualTo(200);
        await(() -> OpenSockets.inCloseWait(service.port()) == 0 && OpenSockets.ofThisProcess() <= before);
    }

    @Test
    void twoHundredRestarts_ofEveryKind_leaveNothingOpen() throws Exception {
        Upstream upstream = withoutBreaker(this);
        assertThat(status(upstream, GET)).isEqualTo(200);
        long before = OpenSockets.ofThisProcess();
        List<Fault> quick = List.of(
                Fault.NONE,
                Fault.REFUSED,
                Fault.TRUNCATED,
                Fault.GARBAGE,
                Fault.RESET,
                Fault.CLOSED,
                Fault.LAST_ANSWER);
        for (int round = 0; round < 200; round++) {
            service.fail(quick.get(round % quick.size()));
            inParallel(8, () -> status(upstream, GET));
            service.fail(Fault.NONE);
            inParallel(8, () -> status(upstream, GET));
            service.restart();
        }
        assertThat(status(upstream, GET)).isEqualTo(200);
        await(() -> OpenSockets.inCloseWait(service.port()) == 0 && OpenSockets.ofThisProcess() <= before);
    }

    @Test
    void idleConnections_areClosedWhenTheyAreOld() throws Exception {
        long before = OpenSockets.ofThisProcess();
        Upstream upstream = upstream(Map.of("upstream.idletime", "PT0.5S"));
        inParallel(8, () -> status(upstream, GET));
        await(() -> OpenSockets.ofThisProcess() <= before);
        assertThat(status(upstream, GET)).isEqualTo(200);
    }

    @Test
    void idleConnections_areNoMoreThanAllowed() throws Exception {
        Upstream upstream = upstream(Map.of("upstream.idle", "2"));
        long before = OpenSockets.ofThisProcess();
        inParallel(32, () -> status(upstream, GET));
        // Both of its ends are this process'.
        await(() -> OpenSockets.ofThisProcess() <= before + 4);
    }

    @Test
    void keptConnectionThatItsServiceClosed_costsAGetNothing_andAPostIsNotSentTwice() {
        Upstream upstream = withoutBreaker(this);
        assertThat(status(upstream, GET)).isEqualTo(200);
        service.fail(Fault.CLOSED);
        int before = service.requests();
        assertThat(status(upstream, POST)).isEqualTo(502);
        assertThat(service.requests()).isEqualTo(before + 1);
        service.fail(Fault.NONE);
        assertThat(status(upstream, GET)).isEqualTo(200);
        service.fail(Fault.CLOSED);
        before = service.requests();
        // Once over the kept connection, once over a new one, and no more.
        assertThat(status(upstream, GET)).isEqualTo(502);
        assertThat(service.requests()).isEqualTo(before + 2);
        assertThat(status(upstream, GET)).isEqualTo(502);
        assertThat(service.requests()).isEqualTo(before + 3);
    }

    @Test
    void fullService_refusesAtOnce_andThoseWhoWaitAreRefusedInTime() throws Exception {
        Upstream upstream = upstream(Map.of(
                "upstream.calls", "3",
                "upstream.queue", "2",
                "upstream.timeout", "PT8S",
                "upstream.queuetimeout", "PT1S"));
        service.fail(Fault.SILENT);
        List<CompletableFuture<Integer>> hanging = begin(3, () -> status(upstream, POST));
        await(() -> service.requests() == 3);
        List<Long> refusals = new ArrayList<>();
        for (CompletableFuture<Long> refusal :
                begin(22, () -> millis(() -> assertThat(status(upstream, POST)).isEqualTo(503)))) {
            refusals.add(refusal.get(20, TimeUnit.SECONDS));
        }
        refusals.sort(null);
        assertThat(refusals.get(10)).as("the median refusal, in ms").isLessThan(100);
        assertThat(refusals.subList(20, 22))
                .as("those who waited, in ms")
                .allSatisfy(took -> assertThat(took).isBetween(900L, 5000L));
        assertThat(service.requests()).isEqualTo(3);
        service.fail(Fault.NONE);
        for (CompletableFuture<Integer> call : hanging) {
            assertThat(call.get(20, TimeUnit.SECONDS)).isEqualTo(504);
        }
        assertThat(status(upstream, POST)).isEqualTo(200);
    }

    @Test
    void hungService_isGivenUpByAll_andAskedAgainByOneQuestion() throws Exception {
        Upstream upstream = upstream(Map.of("upstream.breaker.probe", "PT0.5S"));
        service.fail(Fault.SILENT);
        for (CompletableFuture<Integer> call : begin(10, () -> status(upstream, POST))) {
            assertThat(call.get(20, TimeUnit.SECONDS)).isEqualTo(504);
        }
        assertThat(millis(() -> assertThat(status(upstream, POST)).isEqualTo(503)))
                .isLessThan(500);
        int asked = service.requests();
        // Half open, then open again: of many callers one question reaches the service.
        await(() -> {
            inParallel(10, () -> status(upstream, POST));
            return service.requests() > asked;
        });
        assertThat(service.requests()).isEqualTo(asked + 1);
        service.fail(Fault.NONE);
        long recovery = millis(() -> {
            try {
                await(() -> status(upstream, POST) == 200);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(recovery).isLessThan(5000);
    }

    @Test
    void refusalsOfAService_areNoFailures() throws Exception {
        Upstream upstream = upstream(Map.of("upstream.maxanswerbytes", "100000"));
        service.fail(Fault.NONE);
        for (int i = 0; i < 30; i++) {
            // What stands before the answer's memory says no: the service did nothing wrong.
            assertThatThrownBy(() -> upstream.asUser(GET, "token", bytes -> {
                        throw ApiError.busy("No memory.", Duration.ofSeconds(1));
                    }))
                    .isInstanceOf(ApiError.class)
                    .hasMessage("No memory.");
        }
        assertThat(status(upstream, GET)).isEqualTo(200);
    }

    @Test
    void answerLargerThanAllowed_isNotRead() {
        Upstream upstream =
                upstream(Map.of("upstream.maxanswerbytes", Integer.toString(FaultyService.BODY.length() - 1)));
        assertThat(status(upstream, GET)).isEqualTo(502);
        Upstream exact = upstream(Map.of("upstream.maxanswerbytes", Integer.toString(FaultyService.BODY.length())));
        assertThat(status(exact, GET)).isEqualTo(200);
    }

    @Test
    void busyRunner_isWaitedForLongerThanAHungOne() throws Exception {
        Upstream upstream = upstream(Map.of("upstream.runtimeout", "PT1S", "upstream.runlimit", "PT3S"));
        service.fail(Fault.SILENT);
        long hung = millis(() -> assertThat(status(upstream.running(), POST)).isEqualTo(504));
        assertThat(hung).isBetween(900L, 2900L);
        int before = service.requests();
        CompletableFuture<Long> run = begin(
                        1,
                        () -> millis(() ->
                                assertThat(status(upstream.running(), POST)).isEqualTo(504)))
                .getFirst();
        await(() -> service.requests() > before || run.isDone());
        service.fail(Fault.NONE);
        while (!run.isDone()) {
            assertThat(status(upstream, GET)).isEqualTo(200);
            TimeUnit.MILLISECONDS.sleep(100);
        }
        assertThat(run.get()).isGreaterThanOrEqualTo(2900);
    }

    private <T> List<CompletableFuture<T>> begin(int count, java.util.function.Supplier<T> call) {
        List<CompletableFuture<T>> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(CompletableFuture.supplyAsync(call, threads));
        }
        return calls;
    }

    private <T> void inParallel(int count, java.util.function.Supplier<T> call) {
        begin(count, call).forEach(CompletableFuture::join);
    }

    @Test
    void headersOfAnIdentity_areAddedToThoseOfTheCall() {
        Upstream upstream = withoutBreaker(this);
        Request request = GET.with("Accept", "application/json");
        assertThat(request.with(new Reply.Header("A", "1"), new Reply.Header("B", "2"))
                        .headers())
                .extracting(Reply.Header::name)
                .containsExactly("Accept", "A", "B");
        assertThat(upstream.asGateway(request, "10.0.0.1").status()).isEqualTo(200);
    }
}
