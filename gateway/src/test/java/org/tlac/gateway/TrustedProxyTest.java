package org.tlac.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a proxy that the gateway believes says of its client, in each of the forms in which proxies say it. */
class TrustedProxyTest {

    private static final StubRunner RUNNER = new StubRunner();
    private static TestGateway gateway;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() throws Exception {
        gateway = TestGateway.behindProxies(folder, RUNNER.uri());
    }

    @AfterAll
    static void stop() {
        gateway.close();
        RUNNER.close();
    }

    private static String clientOf(String... forwardedFor) throws Exception {
        HttpRequest.Builder login = gateway.request("/api/auth/login")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}"));
        List.of(forwardedFor).forEach(line -> login.header("X-Forwarded-For", line));
        gateway.send(login);
        return gateway.received.getLast().header("X-tlac-client-address").orElseThrow();
    }

    @Test
    void proxyThatAppendsToTheClientsLine_isBelievedWithWhatItWrote() throws Exception {
        assertThat(clientOf("6.6.6.6, 192.0.2.7")).isEqualTo("192.0.2.7");
    }

    /** As HAProxy's option forwardfor does: both lines arrive, the client's first. */
    @Test
    void proxyThatAddsALineOfItsOwn_isBelievedWithWhatItWrote() throws Exception {
        assertThat(clientOf("6.6.6.6", "192.0.2.7")).isEqualTo("192.0.2.7");
        assertThat(clientOf("6.6.6.6, 7.7.7.7", "8.8.8.8", "192.0.2.7, 127.0.0.1"))
                .isEqualTo("192.0.2.7");
    }
}
