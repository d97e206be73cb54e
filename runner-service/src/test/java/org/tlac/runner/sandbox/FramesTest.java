package org.tlac.runner.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FramesTest {

    private static final int MAX_RESULT = 100;

    private static Frames reading(String bytes) {
        return new Frames(
                new ByteArrayInputStream(bytes.getBytes(StandardCharsets.ISO_8859_1)),
                new ByteArrayOutputStream(),
                MAX_RESULT);
    }

    @Test
    void frames_areReadOneAfterTheOther() throws IOException {
        Frames frames = reading("O\0\0\0\2hiD\0\0\0\0");
        Frames.Frame first = frames.read();
        assertThat(first.kind()).isEqualTo('O');
        assertThat(first.content()).asString().isEqualTo("hi");
        assertThat(frames.read().kind()).isEqualTo('D');
        assertThatThrownBy(frames::read).isInstanceOf(EOFException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X\0\0\0\1x",
                "J\0\0\0\1x",
                "\0\0\0\0\0",
                "O\0\1\0\1",
                "D\0\0\0\145",
                "R\0\0\20\1",
                "O\377\377\377\377",
                "D\177\377\377\377",
                "O\0\0\0\3hi",
                "O\0\0",
                ""
            })
    void whatNoZygoteSends_isRefused_beforeItTakesMemory(String bytes) {
        assertThatThrownBy(() -> reading(bytes).read()).isInstanceOf(IOException.class);
    }

    @Test
    void frame_isWrittenAsTheSupervisorReadsIt() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new Frames(new ByteArrayInputStream(new byte[0]), out, MAX_RESULT).write('J', new byte[] {7, 8});
        assertThat(out.toByteArray()).containsExactly('J', 0, 0, 0, 2, 7, 8);
    }
}
