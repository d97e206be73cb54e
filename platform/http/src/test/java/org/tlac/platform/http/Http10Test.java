package org.tlac.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Http10Test {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100})
    void version_isRewritten_inWhateverPiecesItArrives(int size) {
        Http10 http10 = new Http10();
        String request = "GET /a HTTP/1.0\r\nHost: x\r\nX: HTTP/1.0\r\n\r\n";
        StringBuilder seen = new StringBuilder();
        int found = 0;
        for (int i = 0; i < request.length(); i += size) {
            byte[] piece =
                    request.substring(i, Math.min(request.length(), i + size)).getBytes(StandardCharsets.US_ASCII);
            found += http10.rewrite(piece) ? 1 : 0;
            seen.append(new String(piece, StandardCharsets.US_ASCII));
        }
        assertThat(seen).hasToString("GET /a HTTP/1.1\r\nHost: x\r\nX: HTTP/1.0\r\n\r\n");
        assertThat(found).isOne();
    }

    @ParameterizedTest
    @CsvSource({"GET /a HTTP/1.1", "GET /a HTTP/2.0", "GET /HTTP/1.0 HTTP/1.1", "GET /a", "GET /a HTTP/1."})
    void otherLines_stayAsTheyAre(String line) {
        byte[] bytes = (line + "\r\nX: a HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        assertThat(new Http10().rewrite(bytes)).isFalse();
        assertThat(new String(bytes, StandardCharsets.US_ASCII))
                .startsWith(line)
                .contains("a HTTP/1.0");
    }

    @Test
    void aVersionThatIsNone_isStillNone() {
        byte[] bytes = "GET /a HTTP/1.05\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        new Http10().rewrite(bytes);
        assertThat(new String(bytes, StandardCharsets.US_ASCII)).startsWith("GET /a HTTP/1.15");
    }
}
