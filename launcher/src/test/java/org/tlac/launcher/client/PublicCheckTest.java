package org.tlac.launcher.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tlac.launcher.certificates.Certificates;
import org.tlac.launcher.home.Home;

/** What {@code ./tlac status} says of what users meet: a listener with TLS in every state that it can be in. */
class PublicCheckTest {

    private static final String OK = "{\"status\":\"ok\",\"db_ok\":true}";

    @TempDir
    private Path folder;

    private Home home;
    private HttpsServer server;
    private int port;

    @BeforeEach
    void create() throws IOException {
        home = new Home(folder, folder.resolve("home"));
        home.create();
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        port = server.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void serve(Instant certificateMadeAt, int page, int health, String body) throws Exception {
        new Certificates(home.tls(), InstantSource.fixed(certificateMadeAt))
                .prepare(new TreeSet<>(List.of("localhost")));
        server.setHttpsConfigurator(new HttpsConfigurator(context(home.tls())));
        answer("/login.html", page, "<html></html>");
        answer("/api/health", health, body);
        server.start();
    }

    private void answer(String path, int status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        server.createContext(path, exchange -> {
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    private static SSLContext context(Path tls) throws Exception {
        X509Certificate certificate = Certificates.read(tls.resolve(Certificates.SERVER));
        KeyStore keys = KeyStore.getInstance(KeyStore.getDefaultType());
        keys.load(null, null);
        keys.setKeyEntry(
                "server",
                Certificates.readKey(tls.resolve(Certificates.SERVER_KEY)),
                new char[0],
                new X509Certificate[] {certificate});
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    private PublicCheck.Result check() {
        return check(home.tls().resolve(Certificates.SERVER), 5);
    }

    private PublicCheck.Result check(Path certificate, int timeoutSeconds) {
        Map<String, String> gateway = Map.of(
                "SERVER_HOST", "0.0.0.0",
                "SERVER_PORT", Integer.toString(port),
                "TLS_CERTIFICATE", certificate.toString());
        return new PublicCheck(home, gateway, Duration.ofSeconds(timeoutSeconds)).run();
    }

    @Test
    void everythingThere_usersCanSignIn() throws Exception {
        serve(Instant.now(), 200, 200, OK);
        assertThat(check()).isEqualTo(new PublicCheck.Result(true, true, "can sign in"));
    }

    @Test
    void servicesAway_isNotOk() throws Exception {
        serve(Instant.now(), 200, 200, "{\"status\":\"degraded\",\"db_ok\":true}");
        assertThat(check()).isEqualTo(new PublicCheck.Result(true, false, "can sign in, but not everything works"));
    }

    @Test
    void databaseAway_nobodySignsIn() throws Exception {
        serve(Instant.now(), 200, 200, "{\"status\":\"degraded\",\"db_ok\":false}");
        assertThat(check().isOk()).isFalse();
        assertThat(check().text()).isEqualTo("cannot sign in: auth-service or the database is away");
    }

    @Test
    void pageRefused_nobodySignsIn() throws Exception {
        serve(Instant.now(), 503, 200, OK);
        assertThat(check())
                .isEqualTo(new PublicCheck.Result(true, false, "cannot sign in: the page for that is answered 503"));
    }

    @Test
    void healthRefused_nobodySignsIn() throws Exception {
        serve(Instant.now(), 200, 503, "");
        assertThat(check())
                .isEqualTo(new PublicCheck.Result(true, false, "cannot sign in: /api/health is answered 503"));
    }

    @Test
    void nobodyListens_nobodyGetsIn() throws Exception {
        serve(Instant.now(), 200, 200, OK);
        server.stop(0);
        assertThat(check().isAccepting()).isFalse();
        assertThat(check().text())
                .startsWith("cannot get in: no answer at https://127.0.0.1:" + port + " (Connection refused");
    }

    /** As one that has no descriptor left, or is halted: the kernel accepts, and nobody answers. */
    @Test
    void listenerThatDoesNotAccept_nobodyGetsIn() throws Exception {
        serve(Instant.now(), 200, 200, OK);
        server.stop(0);
        try (ServerSocket mute = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(mute.isBound()).isTrue();
            PublicCheck.Result found = check(home.tls().resolve(Certificates.SERVER), 1);
            assertThat(found.isAccepting()).isFalse();
            assertThat(found.text()).contains("timed out");
        }
    }

    @Test
    void certificateThatEnded_nobodyGetsIn() throws Exception {
        serve(Instant.now().minus(Duration.ofDays(400)), 200, 200, OK);
        assertThat(check().isAccepting()).isFalse();
        assertThat(check().text()).startsWith("cannot get in: no answer at ");
    }

    /** A school's own certificate is for its own name, and of an authority that this machine does not know. */
    @Test
    void ownCertificate_isTakenForWhatItIs() throws Exception {
        serve(Instant.now(), 200, 200, OK);
        Path other = folder.resolve("other");
        new Certificates(Files.createDirectories(other), InstantSource.system())
                .prepare(new TreeSet<>(List.of("localhost")));
        Path shown = Files.copy(home.tls().resolve(Certificates.SERVER), folder.resolve("shown.crt"));
        Files.copy(
                other.resolve(Certificates.AUTHORITY),
                home.tls().resolve(Certificates.AUTHORITY),
                StandardCopyOption.REPLACE_EXISTING);
        assertThat(check().isAccepting()).isFalse();
        assertThat(check(shown, 5).isOk()).isTrue();
    }
}
