package org.tlac.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.platform.testing.StubService;

/** What a browser with a session still gets when nobody can be asked whose session it is. */
class AuthAwayTest {

    private static TestGateway gateway;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() throws Exception {
        gateway = TestGateway.with(folder, Map.of("upstream.timeout", "PT1.5S"));
        Files.writeString(gateway.course.resolve("manifest.json"), "{\"lessons\":[]}");
        gateway.service.answer(exchange -> {
            if (exchange.getRequestURI().toString().equals("/internal/session")) {
                gateway.askedForSessions.incrementAndGet();
                StubService.hanging().handle(exchange);
            } else {
                gateway.serve(exchange);
            }
        });
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void forget() {
        gateway.received.clear();
        gateway.askedForSessions.set(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/health",
                "/login.html",
                "/core/tlac.css",
                "/favicon.ico",
                "/lessons/manifest.json",
                "/metrics"
            })
    void whatIsForAnyone_asksNobodyWhoCalls(String target) throws Exception {
        HttpResponse<String> answer = gateway.send(gateway.as(TestGateway.PUPIL, target));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(gateway.askedForSessions).hasValue(0);
    }

    @Test
    void signingIn_asksNobodyWhoseTheOldSessionIs_andTellsTheClientsAddress() throws Exception {
        HttpResponse<String> answer = gateway.send(gateway.as(TestGateway.PUPIL, "/api/auth/login")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}")));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(gateway.received.getLast().header("X-tlac-client-address")).contains("127.0.0.1");
        assertThat(gateway.askedForSessions).hasValue(0);
    }

    @Test
    void oneSessionsCallers_shareOneQuestion_andPagesAreRefusedInTime() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            answers.add(gateway.begin(gateway.as(TestGateway.PUPIL, i % 2 == 0 ? "/" : "/api/activity/state")));
        }
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            HttpResponse<String> refused = answer.get(30, TimeUnit.SECONDS);
            assertThat(refused.statusCode()).isEqualTo(504);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(refused.body()).contains("The sign-in service took too long to answer.");
        }
        assertThat(gateway.askedForSessions).hasValue(1);
    }
}
