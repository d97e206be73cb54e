package org.tlac.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.gateway.upstream.ServiceClient.Request;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.testing.FaultyService;
import org.tlac.platform.testing.FaultyService.Fault;
import org.tlac.platform.testing.OpenSockets;
import org.tlac.platform.testing.StubService;

/** A process that is asked for its numbers may be in any state; whoever asks keeps its time and its memory. */
@Timeout(60)
class ReplicaClientsTest {

    private static final int MAX_BYTES = 100_000;

    private final ConnectionWatch watch = ConnectionWatch.start();
    private final ReplicaClients clients = new ReplicaClients(Duration.ofMillis(700), MAX_BYTES, watch);

    /** The first call of a JVM takes seconds of loading classes on a busy machine, which is none of a fault's time. */
    @BeforeEach
    void warm() {
        try (StubService process = StubService.answering(200, "")) {
            new ReplicaClients(Duration.ofSeconds(30), MAX_BYTES, watch)
                    .at(process.uri())
                    .send(Request.get("/metrics"));
        }
    }

    @AfterEach
    void stop() {
        watch.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "TOO_MUCH", "LAST_ANSWER", "CLOSED_AFTER", "HALF_CLOSED_AFTER"})
    void processThatFails_isGivenUpInTime_andLeavesNothingOpen(Fault fault) throws Exception {
        try (FaultyService process = FaultyService.start()) {
            process.fail(fault);
            long start = System.nanoTime();
            assertThatThrownBy(() -> clients.at(process.uri()).send(Request.get("/metrics")))
                    .isInstanceOf(ApiError.class);
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isLessThan(4000);
            process.fail(Fault.NONE);
            assertThat(clients.at(process.uri()).send(Request.get("/metrics")).text())
                    .isEqualTo(FaultyService.BODY);
            // One connection is kept, which has two ends here.
            while (OpenSockets.at(process.port()) > 2) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1L << 30})
    void endlessAnswer_isCutOff(long announced) {
        AtomicLong sent = new AtomicLong();
        try (StubService process = StubService.start(exchange -> flood(exchange, announced, sent))) {
            assertThatThrownBy(() -> clients.at(process.uri()).send(Request.get("/metrics")))
                    .isInstanceOf(ApiError.class)
                    .hasRootCauseMessage("answer larger than " + MAX_BYTES + " bytes");
        }
        // What the kernel's buffers hold was sent too; a gigabyte was not.
        assertThat(sent.get()).isLessThan(64 << 20);
    }

    private static void flood(HttpExchange exchange, long announced, AtomicLong sent) throws IOException {
        exchange.sendResponseHeaders(200, announced);
        byte[] part = new byte[8192];
        for (long left = 1L << 30; left > 0; left -= part.length) {
            exchange.getResponseBody().write(part);
            sent.addAndGet(part.length);
        }
    }

    @Test
    void answerOfTheGreatestLength_isRead() {
        try (StubService process = StubService.answering(200, "x".repeat(MAX_BYTES))) {
            assertThat(clients.at(process.uri()).send(Request.get("/metrics")).body())
                    .hasSize(MAX_BYTES);
        }
    }
}
