package org.tlac.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** What a service says on its management port: 0 when it says nothing. */
record Readiness(int status, String reason) {

    private static final int TIMEOUT_MILLIS = 2000;

    static Readiness of(int managementPort) {
        return of(managementPort, "/health/ready");
    }

    /** @param path where a program that is not ours says it */
    static Readiness of(int port, String path) {
        try {
            URI uri = URI.create("http://127.0.0.1:" + port + path);
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            int status = connection.getResponseCode();
            try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                // There is none when a refusal has no body.
                return new Readiness(
                        status, body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            return new Readiness(0, String.valueOf(e.getMessage()));
        }
    }

    boolean isReady() {
        return status == 200;
    }
}
