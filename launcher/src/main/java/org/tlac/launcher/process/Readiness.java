package org.tlac.launcher.process;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What a service says on its management port: 0 when it says nothing. */
public record Readiness(int status, String reason) {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    /** What is read of an answer: it is for a line in a console. */
    private static final int MAX_BODY = 4 << 10;

    public static Readiness of(int managementPort) {
        return of(managementPort, "/health/ready");
    }

    /** @param path where a program that is not ours says it */
    public static Readiness of(int port, String path) {
        return of(port, path, TIMEOUT);
    }

    public static Readiness of(int port, String path, Duration timeout) {
        try {
            URI uri = URI.create("http://127.0.0.1:" + port + path);
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            connection.setConnectTimeout(Math.toIntExact(timeout.toMillis()));
            connection.setReadTimeout(Math.toIntExact(timeout.toMillis()));
            // A connection that is kept would be the one of a process that died since.
            connection.setRequestProperty("Connection", "close");
            int status = connection.getResponseCode();
            try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                // There is none when a refusal has no body.
                return new Readiness(
                        status, body == null ? "" : new String(body.readNBytes(MAX_BODY), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            return new Readiness(0, String.valueOf(e.getMessage()));
        }
    }

    public boolean isReady() {
        return status == 200;
    }
}
