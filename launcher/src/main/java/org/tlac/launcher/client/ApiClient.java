package org.tlac.launcher.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.tlac.launcher.certificates.Certificates;
import org.tlac.launcher.home.UserError;

/** A client of the API, as a school's script would be: it trusts the internal authority, and carries a session when it has one. */
public final class ApiClient {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final HttpClient http;
    private final String url;
    private final String cookie;
    private final String csrfToken;

    /** What came back: the body is missing when it is not JSON. */
    public record Answer(int status, JsonNode body, HttpResponse<String> raw) {}

    private ApiClient(HttpClient http, String url, String cookie, String csrfToken) {
        this.http = http;
        this.url = url;
        this.cookie = cookie;
        this.csrfToken = csrfToken;
    }

    public static ApiClient connect(String url, Path authority) {
        return new ApiClient(
                HttpClient.newBuilder().sslContext(trusting(authority)).build(), url, "", "");
    }

    /** @param certificates PEM files, of which the first certificate is trusted */
    public static SSLContext trusting(Path... certificates) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Path file : certificates) {
                store.setCertificateEntry(file.toString(), Certificates.read(file));
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new UserError("Cannot read " + List.of(certificates) + ": is TLAC up?", e);
        }
    }

    /** The same client with a session; one that is not signed in when that is refused. */
    public ApiClient login(String username, String password) {
        Answer answer = post("/api/auth/login", java.util.Map.of("username", username, "password", password));
        String session = answer.raw()
                .headers()
                .firstValue("Set-Cookie")
                .map(header -> header.split(";", 2)[0])
                .orElse("");
        if (answer.status() != 200 || session.isEmpty()) {
            return new ApiClient(http, url, "", "");
        }
        ApiClient signedIn = new ApiClient(http, url, session, "");
        Answer me = signedIn.get("/api/auth/me");
        if (me.status() != 200) {
            throw new UserError("Signed in as " + username + ", but /api/auth/me answered " + me.status());
        }
        String token = me.body().path("csrf_token").asText();
        return new ApiClient(http, url, session, token);
    }

    public boolean isSignedIn() {
        return !cookie.isEmpty();
    }

    /** The session's cookie, as {@code name=value}. */
    public String cookie() {
        return cookie;
    }

    public Answer get(String path) {
        return send(request(path));
    }

    public Answer post(String path, Object body) {
        try {
            return send(request(path)
                    .header("Content-Type", "application/json")
                    .header("X-CSRF-Token", csrfToken)
                    .POST(BodyPublishers.ofString(JSON.writeValueAsString(body))));
        } catch (IOException e) {
            throw new UserError("Cannot write JSON", e);
        }
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path)).timeout(TIMEOUT);
        return cookie.isEmpty() ? request : request.header("Cookie", cookie);
    }

    private Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
            return new Answer(answer.statusCode(), json(answer.body()), answer);
        } catch (IOException e) {
            throw new UserError("TLAC does not answer at " + url + ": is it up?", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserError("Interrupted", e);
        }
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }
}
