package org.tlac.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.SocketFactory;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tlac.platform.testing.RawHttp;

/** HTTP/2 is not offered in any of its ways (decision 0007), also not because some dependency brings it along. */
class Http1OnlyTest {

    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    /** An empty SETTINGS frame: what each side of HTTP/2 sends first. */
    private static final String SETTINGS = "\0\0\0\4\0\0\0\0\0";

    private static final String UPGRADE = """
            GET /login.html HTTP/1.1\r
            Host: localhost\r
            Connection: Upgrade, HTTP2-Settings\r
            Upgrade: h2c\r
            HTTP2-Settings: AAMAAABkAAQAAP__\r
            \r
            """;

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

    @Test
    void browserThatSpeaksBoth_getsHttp1() throws Exception {
        assertThat(negotiated("h2", "http/1.1")).isEqualTo("http/1.1");
    }

    @Test
    void clientThatSpeaksHttp2Alone_isRefusedInTheHandshake() {
        assertThatThrownBy(() -> negotiated("h2")).isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void http2WithoutAsking_isRefused() {
        assertRefused(gateway.raw().send(PREFACE + SETTINGS));
    }

    @Test
    void http2WithoutAskingOnThePlainListener_isRefused() {
        assertRefused(plain().send(PREFACE + SETTINGS));
    }

    @Test
    void upgradeToHttp2_isNotTaken() {
        assertThat(gateway.raw().send(UPGRADE).statuses()).containsExactly(200);
    }

    @Test
    void upgradeToHttp2OnThePlainListener_isNotTaken() {
        assertThat(plain().send(UPGRADE).statuses()).containsExactly(308);
    }

    private static String negotiated(String... offered) throws IOException {
        try (SSLSocket socket = (SSLSocket) gateway.certificate
                .trusting()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), gateway.uri("/").getPort())) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(offered);
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket.getApplicationProtocol();
        }
    }

    private static RawHttp plain() {
        return new RawHttp(SocketFactory.getDefault(), gateway.redirectPort(), Duration.ofSeconds(8));
    }

    /** Closed with a refusal of HTTP/1.1 or none; a server that speaks HTTP/2 would send its SETTINGS. */
    private static void assertRefused(RawHttp.Answer answer) {
        assertThat(answer.closed()).isTrue();
        assertThat(answer.statuses()).hasSizeLessThanOrEqualTo(1).allMatch(status -> status >= 400 && status < 500);
        assertThat(answer.text()).matches("(?s)|HTTP/1\\.1 4.*");
    }
}
