package org.tlac.runner.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputTest {

    private static String text(int limit, byte[]... pieces) {
        Output output = new Output(limit);
        for (byte[] piece : pieces) {
            output.add(piece);
        }
        return output.text();
    }

    @ParameterizedTest
    @CsvSource({
        "abc, 3, abc",
        "abcd, 3, 'abc\n...[truncated]'",
        "äöü, 3, äöü",
        "äöüß, 3, 'äöü\n...[truncated]'",
        "'', 3, ''"
    })
    void text_isCutAfterTheLimit_inCharacters(String given, int limit, String expected) {
        assertThat(text(limit, given.getBytes(StandardCharsets.UTF_8))).isEqualTo(expected);
    }

    @Test
    void characterOfFourBytes_countsAsOne_andIsNeverHalved() {
        byte[] smile = "😀".getBytes(StandardCharsets.UTF_8);
        assertThat(text(2, smile, smile)).isEqualTo("😀😀");
        assertThat(text(2, smile, smile, smile)).isEqualTo("😀😀\n...[truncated]");
    }

    @Test
    void bytesThatAreNoText_becomeReplacementCharacters_andAreBoundedToo() {
        assertThat(text(5, new byte[] {'a', (byte) 0xff, 'b'})).isEqualTo("a\ufffdb");
        byte[] garbage = new byte[1000];
        java.util.Arrays.fill(garbage, (byte) 0xff);
        assertThat(text(2, garbage)).isEqualTo("\ufffd\ufffd\n...[truncated]");
    }

    @Test
    void characterSplitOverTwoPieces_isWhole() {
        byte[] umlaut = "ä".getBytes(StandardCharsets.UTF_8);
        assertThat(text(5, new byte[] {umlaut[0]}, new byte[] {umlaut[1]})).isEqualTo("ä");
    }
}
