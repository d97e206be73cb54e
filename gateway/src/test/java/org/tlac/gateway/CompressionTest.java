package org.tlac.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Services' answers on their way through, to clients that take them compressed and to others. */
class CompressionTest {

    private static final String STATES = "/api/activity/state";

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

    @BeforeEach
    void answerWithSomethingToCompress() {
        gateway.answer = json(5000);
        gateway.answerHeaders = Map.of();
    }

    private static String json(int length) {
        return "{\"text\":\"" + "x".repeat(length - 11) + "\"}";
    }

    private static HttpRequest.Builder accepting(String target, String encodings) {
        return gateway.as(TestGateway.PUPIL, target).header("Accept-Encoding", encodings);
    }

    private static String encoding(HttpResponse<?> answer) {
        return answer.headers().firstValue("Content-Encoding").orElse("");
    }

    private static String text(HttpResponse<byte[]> answer) throws Exception {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @CsvSource({"1023, ''", "1024, gzip", "100000, gzip", "100001, ''"})
    void bodiesWithinTheLimits_areCompressed(int length, String expected) throws Exception {
        gateway.answer = json(length);
        HttpResponse<byte[]> answer = gateway.bytes(accepting(STATES, "gzip, br"));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(encoding(answer)).isEqualTo(expected);
        assertThat(expected.isEmpty() ? new String(answer.body(), StandardCharsets.UTF_8) : text(answer))
                .isEqualTo(gateway.answer);
        assertThat(answer.headers().firstValueAsLong("Content-Length")).hasValue(answer.body().length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "identity", "gzip;q=0", "*;q=0", "br", "gzip;q=0.4, identity;q=0.5"})
    void clientThatDoesNotTakeIt_getsTheBytes_andCachesAreTold(String encodings) throws Exception {
        HttpResponse<byte[]> answer = gateway.bytes(accepting(STATES, encodings));
        assertThat(encoding(answer)).isEmpty();
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo(gateway.answer);
        assertThat(answer.headers().firstValue("Vary")).hasValue("Accept-Encoding");
    }

    @Test
    void head_announcesWhatGetSends() throws Exception {
        HttpResponse<byte[]> get = gateway.bytes(accepting(STATES, "gzip"));
        HttpResponse<byte[]> head = gateway.bytes(accepting(STATES, "gzip").method("HEAD", BodyPublishers.noBody()));
        assertThat(head.body()).isEmpty();
        for (String name : new String[] {"Content-Length", "Content-Encoding", "Content-Type", "Vary"}) {
            assertThat(head.headers().firstValue(name))
                    .as(name)
                    .isPresent()
                    .isEqualTo(get.headers().firstValue(name));
        }
    }

    /** Their lengths would tell the CSRF token. */
    @ParameterizedTest
    @CsvSource({"GET, /api/auth/me", "POST, /api/auth/login", "POST, /api/admin/bootstrap", "POST, /api/auth/password"})
    void answersWithSecrets_areNotCompressed(String method, String target) throws Exception {
        HttpResponse<byte[]> answer = gateway.bytes(accepting(target, "gzip")
                .header("X-CSRF-Token", TestGateway.CSRF)
                .header("Content-Type", "application/json")
                .method(method, method.equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString("{}")));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(encoding(answer)).isEmpty();
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo(gateway.answer);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Set-Cookie | a=b",
                "ETag | \"7\"",
                "Content-Type | image/png",
                "Content-Type | application/zip",
                "Content-Type | text/event-stream",
                "Content-Type | application/octet-stream"
            })
    void answersThatAreBetterLeft_areLeft(String name, String value) throws Exception {
        gateway.answerHeaders = Map.of(name, value);
        HttpResponse<byte[]> answer = gateway.bytes(accepting(STATES, "gzip"));
        assertThat(encoding(answer)).isEmpty();
        assertThat(answer.headers().firstValue(name)).hasValue(value);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo(gateway.answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/csv; charset=utf-8", "application/problem+json", "text/plain"})
    void otherTexts_areCompressedToo(String type) throws Exception {
        gateway.answerHeaders = Map.of("Content-Type", type);
        assertThat(text(gateway.bytes(accepting(STATES, "gzip")))).isEqualTo(gateway.answer);
    }

    @Test
    void manifest_isCompressedOnce_withATagOfItsOwn() throws Exception {
        Files.writeString(gateway.course.resolve("manifest.json"), json(2000));
        String target = "/lessons/manifest.json";
        HttpResponse<byte[]> plain = gateway.bytes(gateway.request(target));
        HttpResponse<byte[]> packed = gateway.bytes(gateway.request(target).header("Accept-Encoding", "gzip"));
        assertThat(text(packed)).isEqualTo(new String(plain.body(), StandardCharsets.UTF_8));
        assertThat(packed.headers().firstValue("Vary")).hasValue("Accept-Encoding");
        String plainTag = plain.headers().firstValue("ETag").orElseThrow();
        String packedTag = packed.headers().firstValue("ETag").orElseThrow();
        assertThat(packedTag).isNotEqualTo(plainTag);
        assertThat(status(target, "gzip", packedTag)).isEqualTo(304);
        assertThat(status(target, "gzip", plainTag)).isEqualTo(200);
        assertThat(status(target, "identity", plainTag)).isEqualTo(304);
        assertThat(status(target, "identity", packedTag)).isEqualTo(200);
    }

    private static int status(String target, String encodings, String tag) throws Exception {
        return gateway.bytes(gateway.request(target)
                        .header("Accept-Encoding", encodings)
                        .header("If-None-Match", tag))
                .statusCode();
    }
}
