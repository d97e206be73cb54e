package org.tlac.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.gateway.FrontProxy.Product;
import org.tlac.platform.testing.FlakyProxy;
import org.tlac.platform.testing.OpenSockets;

/** The gateway behind each proxy that docs/proxies.md has a configuration for and that is installed here. */
@Timeout(120)
class ProxiesTest {

    private static final String JSON = "application/json";
    private static final int MAX_BODY = 1 << 20;

    /** Bytes of events; with what is between them, nginx's smallest buffer holds some more. */
    private static final int BUFFER = 800;

    private static final List<Version> BOTH = List.of(Version.HTTP_1_1, Version.HTTP_2);

    /** Not the proxies' own address, so that the two can be told apart. */
    private static final String CLIENT = "127.0.0.2";

    private static final StubRunner RUNNER = new StubRunner();
    private static final Map<Product, FrontProxy> PROXIES = new EnumMap<>(Product.class);
    private static TestGateway gateway;
    private static TestCertificate site;
    private static HttpClient http;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() throws Exception {
        gateway = TestGateway.behindProxies(folder, RUNNER.uri());
        site = TestCertificate.in(Files.createDirectory(folder.resolve("site")));
        http = client(Version.HTTP_2);
    }

    @AfterAll
    static void stop() {
        RUNNER.endStream();
        http.close();
        PROXIES.values().forEach(FrontProxy::close);
        gateway.close();
        RUNNER.close();
    }

    private static HttpClient client(Version version) throws Exception {
        return HttpClient.newBuilder()
                .sslContext(site.trusting())
                .localAddress(InetAddress.getByName(CLIENT))
                .version(version)
                .build();
    }

    private static FrontProxy proxy(Product product) throws Exception {
        if (!PROXIES.containsKey(product)) {
            Path own = Files.createDirectories(folder.resolve(product.name()));
            PROXIES.put(
                    product, FrontProxy.start(product, own, gateway.port(), site, gateway.certificate.certificate()));
        }
        return PROXIES.get(product);
    }

    private static HttpRequest.Builder get(Product product, String target) throws Exception {
        return HttpRequest.newBuilder(proxy(product).uri(target));
    }

    private static HttpRequest.Builder asPupil(Product product, String target) throws Exception {
        return get(product, target)
                .header("Cookie", "tlac_session=" + TestGateway.PUPIL)
                .header("X-CSRF-Token", TestGateway.CSRF)
                .header("Content-Type", JSON);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static String body(int length) {
        return "{\"state\":\"" + "x".repeat(length - 12) + "\"}";
    }

    private static void assertRefused(HttpResponse<String> answer, int status, String detail) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue(JSON);
        assertThat(answer.body()).matches("\\{\"detail\":\"" + detail + "\"}");
    }

    @ParameterizedTest
    @EnumSource
    void pagesAndSignIn_areThere_withHstsOnce(Product product) throws Exception {
        HttpResponse<String> page = send(get(product, "/login.html"));
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.version()).isEqualTo(Version.HTTP_2);
        assertThat(page.body()).contains("</html>");
        assertThat(page.headers().allValues("Strict-Transport-Security")).containsExactly("max-age=31536000");
        gateway.answerHeaders = Map.of("Set-Cookie", "tlac_session=new; Path=/; HttpOnly; Secure");
        HttpResponse<String> signedIn = send(
                get(product, "/api/auth/login").header("Content-Type", JSON).POST(BodyPublishers.ofString("{}")));
        gateway.answerHeaders = Map.of();
        assertThat(signedIn.statusCode()).isEqualTo(200);
        assertThat(signedIn.headers().allValues("Set-Cookie"))
                .containsExactly("tlac_session=new; Path=/; HttpOnly; Secure");
        HttpResponse<String> me = send(asPupil(product, "/api/auth/me"));
        assertThat(me.statusCode()).isEqualTo(200);
        assertThat(me.body()).isEqualTo(gateway.answer);
        assertThat(me.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(send(get(product, "/api/auth/me")).statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @EnumSource
    void plainHttp_leadsToHttps(Product product) throws Exception {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(proxy(product).plain("/login.html?a=b")));
        assertThat(answer.statusCode()).isEqualTo(308);
        URI there = URI.create(answer.headers().firstValue("Location").orElseThrow());
        assertThat(there)
                .hasScheme("https")
                .hasHost("localhost")
                .hasPath("/login.html")
                .hasQuery("a=b");
    }

    @ParameterizedTest
    @EnumSource
    void bodies_passUpToTheLimit_andAreRefusedInJsonBeyond(Product product) throws Exception {
        String save = "/api/activity/state/lesson-1/a1";
        assertThat(send(asPupil(product, save).POST(BodyPublishers.ofString(body(MAX_BODY))))
                        .statusCode())
                .isEqualTo(200);
        assertThat(gateway.received.getLast().body()).hasSize(MAX_BODY);
        for (int length : new int[] {MAX_BODY + 1, 8 * MAX_BODY}) {
            assertRefused(
                    send(asPupil(product, save).POST(BodyPublishers.ofString(body(length)))),
                    413,
                    "The body is too large\\.");
        }
        assertRefused(
                send(get(product, "/api/auth/login")
                        .header("Content-Type", JSON)
                        .POST(BodyPublishers.ofString(body(20_000)))),
                413,
                "The body is larger than 16384 bytes\\.");
    }

    /** nginx reads a body to its end before it passes it on; the others stream it, and the gateway asks for its length. */
    @ParameterizedTest
    @EnumSource
    void bodyWithoutALength_isPassedOnWithOne_orRefused(Product product) throws Exception {
        HttpResponse<String> answer = send(asPupil(product, "/api/activity/state/lesson-1/a1")
                .version(Version.HTTP_1_1)
                .POST(BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream("{\"state\":{}}".getBytes(StandardCharsets.UTF_8)))));
        if (product == Product.NGINX) {
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(gateway.received.getLast().body()).isEqualTo("{\"state\":{}}");
        } else {
            assertRefused(answer, 411, "Send the body with a Content-Length\\.");
        }
    }

    @ParameterizedTest
    @EnumSource
    void events_arriveWhileTheStreamGoesOn_andItsEndToo(Product product) throws Exception {
        String started = send(asPupil(product, "/api/python/session").POST(BodyPublishers.ofString("{}")))
                .body();
        String path = "/api/python/session/" + started.split("\"", -1)[3] + "/events";
        for (Version version : BOTH) {
            HttpResponse<InputStream> stream =
                    http.send(asPupil(product, path).version(version).build(), BodyHandlers.ofInputStream());
            try (InputStream in = stream.body()) {
                assertThat(stream.headers().firstValue("Content-Type")).hasValue("text/event-stream");
                assertThat(fewestBytesUntilAnEventArrives(in)).isLessThan(BUFFER);
                RUNNER.endStream();
                in.readAllBytes();
            }
        }
    }

    /**
     * How many bytes of heartbeats, of which there is one every 20 ms, the runner sends between an event and its arrival: those that a
     * buffer needs to get full, or very few. The best of some, so that a busy machine makes no difference.
     */
    private static long fewestBytesUntilAnEventArrives(InputStream in) throws Exception {
        long fewest = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            String event = "data: " + i + "\n\n";
            long before = RUNNER.sent.get();
            RUNNER.events.add(event);
            readUntil(in, event);
            if (i > 0) {
                fewest = Math.min(fewest, RUNNER.sent.get() - before);
            }
        }
        return fewest;
    }

    private static void readUntil(InputStream in, String text) throws Exception {
        StringBuilder seen = new StringBuilder();
        while (seen.indexOf(text) < 0) {
            int next = in.read();
            assertThat(next).as("ended before " + text).isNotNegative();
            seen.append((char) next);
        }
    }

    @ParameterizedTest
    @EnumSource
    void clientsAddress_isTheOneThatTheProxySees_whateverTheClientClaims(Product product) throws Exception {
        for (Version version : BOTH) {
            send(get(product, "/api/auth/login")
                    .version(version)
                    .header("Content-Type", JSON)
                    .header("X-Forwarded-For", "6.6.6.6, 127.0.0.1")
                    .header("X-Forwarded-For", "7.7.7.7")
                    .header("Forwarded", "for=6.6.6.6")
                    .header("X-Real-IP", "6.6.6.6")
                    .POST(BodyPublishers.ofString("{}")));
            assertThat(gateway.received.getLast().header("X-tlac-client-address"))
                    .hasValue(CLIENT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void twentyCalls_useOneConnectionToTheGateway(Product product) throws Exception {
        proxy(product);
        Path own = Files.createDirectory(folder.resolve(product.name() + "-alone"));
        // A port that nobody else connects to.
        try (FlakyProxy wire = FlakyProxy.to("localhost", gateway.port());
                FrontProxy alone =
                        FrontProxy.start(product, own, wire.port(), site, gateway.certificate.certificate());
                HttpClient keeping = client(Version.HTTP_1_1)) {
            HttpRequest me = HttpRequest.newBuilder(alone.uri("/api/auth/me"))
                    .header("Cookie", "tlac_session=" + TestGateway.PUPIL)
                    .build();
            assertThat(keeping.send(me, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
            Set<Integer> first = OpenSockets.connectedTo(wire.port());
            for (int i = 0; i < 20; i++) {
                assertThat(keeping.send(me, BodyHandlers.ofString()).statusCode())
                        .isEqualTo(200);
            }
            assertThat(OpenSockets.connectedTo(wire.port())).isNotEmpty().containsAnyElementsOf(first);
        }
    }

    @ParameterizedTest
    @EnumSource
    void headAndConditions_areAnsweredAsByTheGateway(Product product) throws Exception {
        HttpResponse<String> get = send(get(product, "/login.html"));
        HttpResponse<String> head = send(get(product, "/login.html").HEAD());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        String tag = get.headers().firstValue("ETag").orElseThrow();
        assertThat(head.headers().firstValue("ETag")).hasValue(tag);
        HttpResponse<String> unchanged = send(get(product, "/login.html").header("If-None-Match", tag));
        assertThat(unchanged.statusCode()).isEqualTo(304);
        assertThat(unchanged.body()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void compression_isTheGateways(Product product) throws Exception {
        gateway.answer = body(5000);
        String states = "/api/activity/state";
        HttpResponse<String> plain = send(asPupil(product, states));
        assertThat(plain.body()).isEqualTo(gateway.answer);
        HttpResponse<String> zipped = send(asPupil(product, states).header("Accept-Encoding", "gzip"));
        assertThat(zipped.headers().allValues("Content-Encoding")).containsExactly("gzip");
        // Its length would tell the CSRF token: the gateway sends it as it is, and so must the proxy.
        HttpResponse<String> me = send(asPupil(product, "/api/auth/me").header("Accept-Encoding", "gzip"));
        assertThat(me.headers().allValues("Content-Encoding")).isEmpty();
        assertThat(me.body()).isEqualTo(gateway.answer);
        HttpResponse<String> page = send(get(product, "/login.html").header("Accept-Encoding", "br"));
        assertThat(page.headers().allValues("Content-Encoding")).containsExactly("br");
    }

    @ParameterizedTest
    @EnumSource
    void gatewayWithAnotherCertificate_isNotTalkedTo(Product product) throws Exception {
        proxy(product);
        Path own = Files.createDirectory(folder.resolve(product.name() + "-distrusting"));
        try (FrontProxy distrusting = FrontProxy.start(product, own, gateway.port(), site, site.certificate())) {
            gateway.received.clear();
            HttpResponse<String> answer = send(HttpRequest.newBuilder(distrusting.uri("/api/auth/login"))
                    .header("Content-Type", JSON)
                    .POST(BodyPublishers.ofString("{}")));
            assertThat(answer.statusCode()).isIn(502, 503);
            assertThat(gateway.received).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nginx.conf", "Caddyfile", "haproxy.cfg", "traefik.yml", "traefik-tlac.yml"})
    void everyFile_isQuotedAsItIs(String file) throws Exception {
        String quoted = Files.readString(FrontProxy.DOCS.resolve("proxies").resolve(file));
        assertThat(Files.readString(FrontProxy.DOCS.resolve("proxies.md"))).contains("\n" + quoted + "```\n");
    }
}
