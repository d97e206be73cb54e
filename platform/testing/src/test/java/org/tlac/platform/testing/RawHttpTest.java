package org.tlac.platform.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import javax.net.SocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The stub's bad manners, seen with raw bytes, and raw bytes, seen with the stub. */
@Timeout(60)
class RawHttpTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: stub\r\n\r\n";
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);

    private final StubService stub = StubService.answering(200, "{}");

    @AfterEach
    void close() {
        stub.close();
    }

    private RawHttp.Answer send(Duration patience, String bytes) {
        return new RawHttp(SocketFactory.getDefault(), stub.uri().getPort(), patience).send(bytes);
    }

    @Test
    void everyAnswer_isSeenUntilTheServerCloses() {
        RawHttp.Answer answer = send(LONG, GET + GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
        assertThat(answer.statuses()).containsExactly(200, 200);
        assertThat(answer.text()).endsWith("{}");
        assertThat(answer.closed()).isTrue();
    }

    @Test
    void connectionThatStaysOpen_isToldFromAClosedOne() {
        RawHttp.Answer answer = send(SHORT, GET);
        assertThat(answer.statuses()).containsExactly(200);
        assertThat(answer.closed()).isFalse();
    }

    @Test
    void serverThatTricklesForEver_isLeftAfterThePatience() {
        stub.answer(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            while (true) {
                exchange.getResponseBody().write('.');
                exchange.getResponseBody().flush();
            }
        });
        assertThat(send(SHORT, GET).closed()).isFalse();
    }

    @Test
    void nobodyThere_isSaid() {
        stub.close();
        assertThatThrownBy(() -> send(LONG, GET)).isInstanceOf(java.io.UncheckedIOException.class);
    }

    @Test
    void closingStub_answersNothing() {
        stub.answer(StubService.closing());
        RawHttp.Answer answer = send(LONG, GET);
        assertThat(answer.statuses()).isEmpty();
        assertThat(answer.closed()).isTrue();
    }

    @Test
    void hangingStub_holdsTheConnection() {
        stub.answer(StubService.hanging());
        RawHttp.Answer answer = send(SHORT, GET);
        assertThat(answer.text()).isEmpty();
        assertThat(answer.closed()).isFalse();
    }

    @Test
    void stallingStub_sendsHalf() {
        stub.answer(StubService.stalling(200, "abcdef"));
        RawHttp.Answer answer = send(SHORT, GET);
        assertThat(answer.text()).endsWith("\r\n\r\nabc");
        assertThat(answer.closed()).isFalse();
    }

    @Test
    void stub_answersAnOrdinaryClient() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(stub.uri()).timeout(LONG).build();
            assertThat(http.send(request, BodyHandlers.ofString()).body()).isEqualTo("{}");
            stub.answer(StubService.closing());
            assertThatThrownBy(() -> http.send(request, BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
            stub.answer(StubService.hanging());
            var hasty = HttpRequest.newBuilder(stub.uri()).timeout(SHORT).build();
            assertThatThrownBy(() -> http.send(hasty, BodyHandlers.ofString()))
                    .isInstanceOf(HttpTimeoutException.class);
        }
    }
}
