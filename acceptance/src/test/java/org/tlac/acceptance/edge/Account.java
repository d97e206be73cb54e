package org.tlac.acceptance.edge;

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
import java.time.Duration;
import java.util.Map;

/** Somebody at the gateway, perhaps signed in, whose calls come back as they went: a failed connection is an exception, not a refusal. */
public final class Account {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http;
    private final Target target;
    private final String cookie;
    private final String csrfToken;

    /** What came back, and how long it took. */
    public record Answer(int status, JsonNode body, Duration took) {}

    private Account(HttpClient http, Target target, String cookie, String csrfToken) {
        this.http = http;
        this.target = target;
        this.cookie = cookie;
        this.csrfToken = csrfToken;
    }

    public static Account anybody(Target target) {
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(target.trust())
                .connectTimeout(Duration.ofSeconds(10))
                .build();
        return new Account(http, target, "", "");
    }

    /** @throws IllegalStateException when that is refused */
    public Account signIn(String username, String password) throws IOException, InterruptedException {
        HttpResponse<String> in = send(
                "POST",
                "/api/auth/login",
                JSON.writeValueAsString(Map.of("username", username, "password", password)),
                Duration.ofSeconds(60));
        String session = in.headers()
                .firstValue("Set-Cookie")
                .map(header -> header.split(";", 2)[0])
                .orElseThrow(() -> new IllegalStateException(username + " is not let in: " + in.statusCode()));
        Account signedIn = new Account(http, target, session, "");
        String token = signedIn.get("/api/auth/me", Duration.ofSeconds(60))
                .body()
                .path("csrf_token")
                .asText();
        return new Account(http, target, session, token);
    }

    /** As {@code name=value}. */
    public String cookie() {
        return cookie;
    }

    public Answer get(String path, Duration patience) throws IOException, InterruptedException {
        return answer("GET", path, "", patience);
    }

    public Answer post(String path, Object body, Duration patience) throws IOException, InterruptedException {
        return answer("POST", path, JSON.writeValueAsString(body), patience);
    }

    private Answer answer(String method, String path, String body, Duration patience)
            throws IOException, InterruptedException {
        long began = System.nanoTime();
        HttpResponse<String> answer = send(method, path, body, patience);
        return new Answer(answer.statusCode(), json(answer.body()), Duration.ofNanos(System.nanoTime() - began));
    }

    private HttpResponse<String> send(String method, String path, String body, Duration patience)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(target.url() + path))
                .timeout(patience)
                .header("Content-Type", "application/json")
                .method(method, method.equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!cookie.isEmpty()) {
            request.header("Cookie", cookie).header("X-CSRF-Token", csrfToken);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }
}
