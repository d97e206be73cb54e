package org.tlac.platform.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.security.jwt.SignedJwt;
import io.helidon.security.jwt.jwk.Jwk;
import io.helidon.security.jwt.jwk.JwkEC;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.ConnectionLimits;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;
import org.tlac.platform.http.ServerConfig;
import org.tlac.platform.http.ServiceServer;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.identity.Identity;
import org.tlac.platform.identity.InternalToken;
import org.tlac.platform.identity.KeysUnavailableException;
import org.tlac.platform.identity.Role;
import org.tlac.platform.identity.ServiceSecret;
import org.tlac.platform.identity.TokenVerifier;
import org.tlac.platform.metrics.Metrics;
import org.tlac.platform.metrics.ServiceName;

/** What each kind of caller gets from each kind of route, through a real server with helidon-security in it. */
class ServiceSecurityTest {

    private static final String KEY_ID = "key";
    private static final String SECRET = "a secret of thirty-two characters";

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static Jwk key;
    private static volatile boolean keysAway;
    private static ServiceServer server;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        key = JwkEC.builder()
                .keyId(KEY_ID)
                .algorithm(InternalToken.ALGORITHM)
                .privateKey((ECPrivateKey) pair.getPrivate())
                .publicKey((ECPublicKey) pair.getPublic())
                .build();
        Path secret = folder.resolve("secret");
        Files.writeString(secret, SECRET);
        ServerConfig config = new ServerConfig(
                "127.0.0.1",
                0,
                "127.0.0.1",
                0,
                1000,
                4096,
                ConnectionLimits.DEFAULT,
                Duration.ofSeconds(5),
                1,
                Duration.ZERO,
                Duration.ofSeconds(5));
        TokenVerifier verifier = new TokenVerifier(ServiceSecurityTest::publicKey, InstantSource.system());
        server = ServiceServer.builder(config, Metrics.open(ServiceName.AUTH, "test"))
                .authentication(new ServiceSecurity(verifier, Map.of("gateway", ServiceSecret.read(secret))))
                .routes(Routes.of(
                        Route.get("/anyone", Access.ANYONE, call -> Reply.json(Map.of())),
                        Route.get("/signed-in", Access.SIGNED_IN, call -> Reply.json(name(call.identity()))),
                        Route.get("/teacher/{id}", Access.TEACHER, call -> Reply.json(name(call.identity()))),
                        Route.get("/admin", Access.ADMIN, call -> Reply.json(name(call.identity()))),
                        Route.get("/service", Access.SERVICE, call -> Reply.json(name(call.identity())))))
                .start();
    }

    private static Optional<Jwk> publicKey(String id) {
        if (keysAway) {
            throw new KeysUnavailableException("away", new IOException("away"));
        }
        return Optional.of(key).filter(known -> known.keyId().equals(id));
    }

    private static Map<String, String> name(Identity identity) {
        return Map.of("role", identity.role(), "address", identity.clientAddress());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String bearer(String role) {
        Caller caller = new Caller(1, "ada.l", "Ada L.", Role.of(role).orElseThrow(), null, "10.0.0.1");
        return "Bearer "
                + SignedJwt.sign(InternalToken.claims(caller, KEY_ID, Instant.now(), InternalToken.MAX_LIFETIME), key)
                        .tokenContent();
    }

    private static HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return CLIENT.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "nobody, 200, 401, 401, 401, 401",
        "pupil, 200, 200, 403, 403, 403",
        "teacher, 200, 200, 200, 403, 403",
        "admin, 200, 200, 200, 200, 403",
        "service, 200, 403, 403, 403, 200",
        "wrong secret, 200, 401, 401, 401, 401",
        "unknown service, 200, 401, 401, 401, 401",
        "wrong token, 200, 401, 401, 401, 401",
        "other scheme, 200, 401, 401, 401, 401"
    })
    void caller_mayCall(String who, int anyone, int signedIn, int teacher, int admin, int service) throws Exception {
        String[] headers = switch (who) {
            case "nobody" -> new String[0];
            case "service" -> serviceHeaders("gateway", SECRET);
            case "wrong secret" -> serviceHeaders("gateway", SECRET + "x");
            case "unknown service" -> serviceHeaders("runner-service", SECRET);
            case "wrong token" -> new String[] {"Authorization", bearer("admin") + "x"};
            case "other scheme" -> new String[] {"Authorization", "Basic YWRtaW46YWRtaW4="};
            default -> new String[] {"Authorization", bearer(who)};
        };
        assertThat(get("/anyone", headers).statusCode()).isEqualTo(anyone);
        assertThat(get("/signed-in", headers).statusCode()).isEqualTo(signedIn);
        assertThat(get("/teacher/a%20b", headers).statusCode()).isEqualTo(teacher);
        assertThat(get("/admin", headers).statusCode()).isEqualTo(admin);
        assertThat(get("/service", headers).statusCode()).isEqualTo(service);
    }

    private static String[] serviceHeaders(String name, String secret) {
        return new String[] {
            "Authorization",
            "Bearer " + secret,
            ServiceSecret.NAME_HEADER,
            name,
            ServiceSecret.CLIENT_ADDRESS_HEADER,
            "192.0.2.7"
        };
    }

    @Test
    void refusal_isOfTheContractsForm() throws Exception {
        HttpResponse<String> nobody = get("/admin");
        assertThat(nobody.body()).isEqualTo("{\"detail\":\"Not authenticated.\"}");
        assertThat(nobody.headers().firstValue("WWW-Authenticate")).isEmpty();
        HttpResponse<String> pupil = get("/admin", "Authorization", bearer("pupil"));
        assertThat(pupil.body()).isEqualTo("{\"detail\":\"Not allowed.\"}");
        assertThat(pupil.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(pupil.headers().firstValue("X-Request-Id")).isPresent();
    }

    @Test
    void handlerKnowsItsCaller() throws Exception {
        assertThat(get("/signed-in", "Authorization", bearer("pupil")).body())
                .contains("\"role\":\"pupil\"", "\"address\":\"10.0.0.1\"");
        assertThat(get("/service", serviceHeaders("gateway", SECRET)).body())
                .contains("\"role\":\"service\"", "\"address\":\"192.0.2.7\"");
    }

    /** SecurityHttpFeature makes a URI of each request, of which the client chooses the host. */
    @ParameterizedTest
    @ValueSource(strings = {"x", "[::1", "a:b:c", "x:99999999", "x y", "%zz", "-"})
    void anyHost_isNoFailureOfOurs(String host) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream()
                    .write(("GET /anyone HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .matches("(?s)HTTP/1.1 (200|400) .*");
        }
    }

    @Test
    void keysThatCannotBeHadNow_areNobodysFault() throws Exception {
        keysAway = true;
        try {
            HttpResponse<String> unknown = get("/signed-in", "Authorization", bearer("pupil"));
            assertThat(unknown.statusCode()).isEqualTo(503);
            assertThat(unknown.body()).contains("sign-in service is away");
            assertThat(get("/anyone", "Authorization", bearer("pupil")).statusCode())
                    .isEqualTo(200);
        } finally {
            keysAway = false;
        }
    }
}
