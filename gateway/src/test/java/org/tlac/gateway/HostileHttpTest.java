package org.tlac.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.platform.testing.RawHttp;

/** Bytes that no well-behaved client sends: refused and closed, never a second request hidden in the first, never a held connection. */
class HostileHttpTest {

    private static TestGateway gateway;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() throws Exception {
        gateway = TestGateway.start(folder);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void forget() {
        gateway.received.clear();
    }

    /** Requests that are each one malformed message, followed by one that must never be answered: it would have been smuggled. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Content-Length: 0\r\nContent-Length: 5\r\n\r\n",
                "Content-Length: +3\r\n\r\nabc",
                "Content-Length: -3\r\n\r\nabc",
                "Content-Length: 3, 3\r\n\r\nabc",
                "Content-Length : 3\r\n\r\nabc",
                "Content-Length: 3x\r\n\r\nabc",
                "Content-Length: 99999999999999999999\r\n\r\nabc",
                "Transfer-Encoding: gzip\r\n\r\nabc",
                "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\nZZ\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n+1\r\na\r\n0\r\n\r\n",
                "X: a\0b\r\n\r\n",
                "X: a\r\n b\r\n\r\n",
                "X: a\nY: b\r\n\r\n",
                "X: a\rY: b\r\n\r\n",
                "Host: evil\r\n\r\n",
                "\0: x\r\n\r\n"
            })
    void malformedMessages_areRefusedAndTheConnectionCloses(String rest) {
        String hidden = "GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n";
        RawHttp.Answer answer = gateway.raw()
                .send("POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + rest
                        + hidden);
        assertThat(answer.closed()).isTrue();
        assertThat(answer.statuses()).as(answer.text()).hasSize(1);
        assertThat(answer.statuses().getFirst()).isBetween(400, 501);
        assertThat(answer.text()).contains("{\"detail\":\"").doesNotContain("\"db_ok\"");
        assertThat(gateway.received.stream().filter(call -> call.target().startsWith("/api/")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /api/admin//metrics HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET //api/admin/metrics HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /core/../api/admin/metrics HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /core/./tlac.css HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /core/%2e%2e/api/admin/metrics HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /core%2ftlac.css HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /core/..%5c..%5csecret HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /core/tlac.css%00.html HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /api/admin/metrics;x=1 HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET http://evil/api/admin/metrics HTTP/1.1\r\nHost: x\r\n\r\n",
                "BREW /api/health HTTP/1.1\r\nHost: x\r\n\r\n",
                "TRACE /api/health HTTP/1.1\r\nHost: x\r\n\r\n",
                "CONNECT evil:443 HTTP/1.1\r\nHost: x\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /api/health HTTP/1.1\r\n\r\n",
                "GET /api/he\0alth HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /api/health HTTP/3.0\r\nHost: x\r\n\r\n",
                "GET /api/health HTTP/1.1\nHost: x\n\n",
                "GET /api/health\r\n\r\n",
                "\u0016\u0003\u0001"
            })
    void strangeRequests_are4xxOrClosed_neverAnswered(String request) {
        RawHttp.Answer answer = gateway.raw().send(request);
        assertThat(answer.closed()).isTrue();
        assertThat(answer.statuses())
                .allMatch(status -> status >= 400 && status < 500)
                .hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void hugeHead_isRefused() {
        RawHttp.Answer answer =
                gateway.raw().send("GET /api/health HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(1 << 20) + "\r\n\r\n");
        assertThat(answer.closed()).isTrue();
        assertThat(answer.statuses()).allMatch(status -> status >= 400 && status < 500);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "GET /api/he",
                "GET /api/health HTTP/1.1\r\nHos",
                "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{\"a\""
            })
    void halfARequestThatWaits_isClosedAfterTheReadTimeout(String half) {
        RawHttp.Answer answer = gateway.raw().send(half);
        assertThat(answer.closed()).isTrue();
        assertThat(answer.statuses()).allMatch(status -> status == 400);
    }
}
