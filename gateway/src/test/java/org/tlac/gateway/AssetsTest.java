package org.tlac.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages' scripts, styles and images, as the build packed them. */
class AssetsTest {

    private static final Pattern REFERENCE =
            Pattern.compile("(?:src|href)=\"([^\"]+)\"|^import [^;]*?from '([^']+)'|src: '([^']+)'", Pattern.MULTILINE);
    private static final Pattern VERSION = Pattern.compile("/core/v/([0-9a-f]{16})/");

    private static TestGateway gateway;
    private static String version;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() throws Exception {
        gateway = TestGateway.start(folder);
        Matcher matcher = VERSION.matcher(get("/login.html").body());
        assertThat(matcher.find()).isTrue();
        version = matcher.group(1);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static HttpResponse<String> get(String target, String... headers) throws Exception {
        HttpRequest.Builder request = gateway.as(TestGateway.ADMIN, target);
        return gateway.send(headers.length == 0 ? request : request.headers(headers));
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    /** From each page through all that it loads, and what that loads. */
    @Test
    void everythingThatPagesLoad_isThere_keptForEver_andOfOneVersion() throws Exception {
        Queue<String> left = new ArrayDeque<>();
        Set<String> seen = new HashSet<>();
        for (String page : List.of("/login.html", "/", "/admin-metrics.html")) {
            HttpResponse<String> answer = get(page);
            assertThat(header(answer, "Cache-Control")).as(page).isEqualTo("private, no-cache");
            left.addAll(references(page, answer.body()));
        }
        while (!left.isEmpty()) {
            String target = left.remove();
            if (seen.add(target)) {
                HttpResponse<String> answer = get(target);
                assertThat(answer.statusCode()).as(target).isEqualTo(200);
                assertThat(target).startsWith("/core/v/" + version + "/");
                assertThat(header(answer, "Cache-Control")).isEqualTo("public, max-age=31536000, immutable");
                left.addAll(references(target, answer.body()));
            }
        }
        assertThat(seen)
                .contains(
                        "/core/v/" + version + "/vendor/uplot/uPlot.esm.js",
                        "/core/v/" + version + "/api.js",
                        "/core/v/" + version + "/mark.svg")
                .hasSizeGreaterThan(25);
    }

    private static List<String> references(String from, String text) {
        return REFERENCE
                .matcher(text)
                .results()
                .map(found -> found.group(1) != null
                        ? found.group(1)
                        : found.group(2) != null ? found.group(2) : found.group(3))
                .filter(reference ->
                        reference.endsWith(".js") || reference.endsWith(".css") || reference.endsWith(".svg"))
                .map(reference -> URI.create(from).resolve(reference).toString())
                .toList();
    }

    @Test
    void anotherVersion_isNotThere_andNobodyKeepsThat() throws Exception {
        for (String target : List.of(
                "/core/v/0123456789abcdef/tlac.css",
                "/core/v/" + version.toUpperCase(Locale.ROOT) + "x/tlac.css",
                "/core/v/" + version + "/none.css",
                "/core/v/" + version,
                "/core/v/" + version + "/index",
                "/core/index",
                "/core/tlac.css.br",
                "/core/v/" + version + "/tlac.css.gz")) {
            HttpResponse<String> answer = get(target);
            assertThat(answer.statusCode()).as(target).isEqualTo(404);
            assertThat(header(answer, "Cache-Control")).isEqualTo("no-store");
        }
    }

    @Test
    void nameWithoutVersion_isAskedForEachTime() throws Exception {
        HttpResponse<String> answer = get("/core/tlac.css");
        assertThat(header(answer, "Cache-Control")).isEqualTo("private, no-cache");
        assertThat(answer.body())
                .isEqualTo(get("/core/v/" + version + "/tlac.css").body());
        assertThat(get("/core/tlac.css", "If-None-Match", "\"x\", W/" + header(answer, "ETag"))
                        .statusCode())
                .isEqualTo(304);
    }

    @Test
    void eachCoding_isTheSameText_withATagOfItsOwn() throws Exception {
        Brotli4jLoader.ensureAvailability();
        for (String target : List.of("/core/v/" + version + "/tlac.css", "/core/lessons.js", "/admin-metrics.html")) {
            HttpResponse<byte[]> plain = coded(target, "identity");
            HttpResponse<byte[]> gzip = coded(target, "gzip");
            HttpResponse<byte[]> brotli = coded(target, "gzip, deflate, br, zstd");
            assertThat(header(plain, "Content-Encoding")).isEmpty();
            assertThat(header(gzip, "Content-Encoding")).isEqualTo("gzip");
            assertThat(header(brotli, "Content-Encoding")).isEqualTo("br");
            assertThat(read(new GZIPInputStream(new ByteArrayInputStream(gzip.body()))))
                    .isEqualTo(text(plain));
            assertThat(read(new BrotliInputStream(new ByteArrayInputStream(brotli.body()))))
                    .isEqualTo(text(plain));
            assertThat(brotli.body().length).isLessThan(gzip.body().length);
            assertThat(Set.of(header(plain, "ETag"), header(gzip, "ETag"), header(brotli, "ETag")))
                    .hasSize(3);
            for (HttpResponse<byte[]> answer : List.of(plain, gzip, brotli)) {
                assertThat(header(answer, "Vary")).isEqualTo("Accept-Encoding");
                assertThat(header(answer, "Content-Type")).isEqualTo(header(plain, "Content-Type"));
            }
            HttpResponse<String> known = get(target, "Accept-Encoding", "br", "If-None-Match", header(brotli, "ETag"));
            assertThat(known.statusCode()).isEqualTo(304);
            assertThat(header(known, "ETag")).isEqualTo(header(brotli, "ETag"));
            assertThat(header(known, "Vary")).isEqualTo("Accept-Encoding");
            assertThat(get(target, "Accept-Encoding", "gzip", "If-None-Match", header(brotli, "ETag"))
                            .statusCode())
                    .isEqualTo(200);
            HttpResponse<byte[]> head = gateway.bytes(gateway.as(TestGateway.ADMIN, target)
                    .header("Accept-Encoding", "br")
                    .HEAD());
            assertThat(header(head, "Content-Length")).isEqualTo(Integer.toString(brotli.body().length));
            assertThat(header(head, "Content-Encoding")).isEqualTo("br");
        }
    }

    /** Shorter than a packet, or an image that is compressed already. */
    @Test
    void whatWouldNotGetSmaller_hasOneForm() throws Exception {
        HttpResponse<byte[]> image = coded("/core/mark.svg", "br");
        assertThat(image.body().length).isLessThan(1024);
        assertThat(header(image, "Content-Encoding")).isEmpty();
        assertThat(header(image, "Vary")).isEmpty();
    }

    private static HttpResponse<byte[]> coded(String target, String encodings) throws Exception {
        return gateway.bytes(gateway.as(TestGateway.ADMIN, target).header("Accept-Encoding", encodings));
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static String read(InputStream in) throws Exception {
        try (in) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
