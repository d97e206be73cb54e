package org.tlac.runner.sandbox;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** One stream of a program's output, of which no more is kept than is answered. */
final class Output {

    private static final int MAX_BYTES_OF_A_CHARACTER = 4;

    private final int characters;
    private final int keep;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    /** @param characters what of it is answered; the rest is cut, and the cut is said */
    Output(int characters) {
        this.characters = characters;
        // One byte more than so many characters can take: when even that is full, there were more characters.
        this.keep = Math.addExact(Math.multiplyExact(characters, MAX_BYTES_OF_A_CHARACTER), 1);
    }

    void add(byte[] piece) {
        kept.write(piece, 0, Math.min(piece.length, keep - kept.size()));
    }

    /** Bytes that are not UTF-8 are shown as the replacement character. */
    String text() {
        String text = kept.toString(StandardCharsets.UTF_8);
        if (text.codePointCount(0, text.length()) <= characters) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, characters)) + "\n...[truncated]";
    }
}
