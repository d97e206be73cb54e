package org.tlac.backup.dump;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundedTextTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, BoundedText.PART - 1, BoundedText.PART, BoundedText.PART + 1, 2 * BoundedText.PART})
    void whatFits_isKeptWhole(int length) throws IOException {
        String text = letters(length);
        assertThat(kept(text)).isEqualTo(text);
    }

    @Test
    void ofMore_theMiddleIsDropped() throws IOException {
        String text = letters(5_000_003);
        assertThat(kept(text))
                .isEqualTo(text.substring(0, BoundedText.PART) + "\n[...]\n"
                        + text.substring(text.length() - BoundedText.PART));
    }

    private static String kept(String text) throws IOException {
        BoundedText bounded = new BoundedText();
        bounded.drain(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        return bounded.text();
    }

    private static String letters(int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + i % 23));
        }
        return text.toString();
    }
}
