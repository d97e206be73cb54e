package org.tlac.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GzipTest {

    private static byte[] unpacked(byte[] packed) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            return in.readAllBytes();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 1024, 65_535, 65_536, 1_000_000})
    void whatIsCompressed_comesBackWhole(int length) throws Exception {
        byte[] text = "{\"name\":\"Ada\"},"
                .repeat(length / 15 + 1)
                .substring(0, length)
                .getBytes(StandardCharsets.UTF_8);
        try (Gzip gzip = new Gzip(1, 4)) {
            // Twice: a compressor that was used is as good as a new one.
            for (int i = 0; i < 2; i++) {
                byte[] packed = gzip.compress(text).orElseThrow();
                assertThat(packed.length).isLessThan(length);
                assertThat(unpacked(packed)).isEqualTo(text);
            }
        }
    }

    @Test
    void whatDoesNotGetSmaller_isLeft() throws Exception {
        byte[] noise = new byte[10_000];
        new Random(1).nextBytes(noise);
        try (Gzip gzip = new Gzip(1, 4)) {
            assertThat(gzip.compress(noise)).isEmpty();
            assertThat(gzip.compress(new byte[0])).isEmpty();
            assertThat(gzip.compress(new byte[18])).isEmpty();
            byte[] text = "a".repeat(1000).getBytes(StandardCharsets.UTF_8);
            assertThat(unpacked(gzip.compress(text).orElseThrow())).isEqualTo(text);
        }
    }

    @Test
    void manyAtOnce_shareAFewCompressors() throws Exception {
        byte[] text = "abc".repeat(20_000).getBytes(StandardCharsets.UTF_8);
        try (Gzip gzip = new Gzip(2, 4);
                ExecutorService threads = Executors.newFixedThreadPool(16)) {
            List<Callable<Optional<byte[]>>> calls = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                calls.add(() -> gzip.compress(text));
            }
            int compressed = 0;
            for (Future<Optional<byte[]>> answer : threads.invokeAll(calls)) {
                if (answer.get().isPresent()) {
                    assertThat(unpacked(answer.get().get())).isEqualTo(text);
                    compressed++;
                }
            }
            assertThat(compressed).isPositive();
            // All were given back.
            assertThat(gzip.compress(text)).isPresent();
        }
    }

    @Test
    void withoutCompressors_nothingIsCompressed() {
        try (Gzip gzip = new Gzip(0, 4)) {
            assertThat(gzip.compress(new byte[10_000])).isEmpty();
        }
    }
}
