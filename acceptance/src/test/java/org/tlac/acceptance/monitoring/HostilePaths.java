package org.tlac.acceptance.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** Paths and methods of a client's own, each another one. */
final class HostilePaths {

    private HostilePaths() {}

    static void ask(HttpClient http, URI base, int from, int to) throws IOException, InterruptedException {
        for (int i = from; i < to; i++) {
            String path = i % 3 == 0 ? "/x" + i : i % 3 == 1 ? "/api/x" + i : "/api/activity/state/x" + i + "/y" + i;
            String method = i % 50 == 0 ? "BREW" + (i == 0 ? "" : i) : "GET";
            HttpRequest request = HttpRequest.newBuilder(base.resolve(path))
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .build();
            assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isBetween(303, 405);
        }
    }
}
