package org.tlac.runner.interactive;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * One stream of a program's output as text, while it comes: pieces may be cut in the middle of a character. Bytes that are not UTF-8 are
 * shown as the replacement character; past the limit there is one notice and then nothing.
 */
final class Utf8Pieces {

    private static final String CUT = "\n...[truncated]";
    private static final int LONGEST_CHARACTER = 4;

    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private byte[] rest = new byte[0];
    private int left;
    private boolean cut;

    /** @param characters shown at most */
    Utf8Pieces(int characters) {
        this.left = characters;
    }

    /** The text that is complete with this piece; may be empty. */
    String add(byte[] piece) {
        return decode(piece, false);
    }

    /** What an unfinished character at the very end stands for. */
    String end() {
        return decode(new byte[0], true);
    }

    private String decode(byte[] piece, boolean last) {
        if (cut) {
            return "";
        }
        ByteBuffer in = ByteBuffer.allocate(rest.length + piece.length);
        in.put(rest).put(piece).flip();
        CharBuffer out = CharBuffer.allocate(in.remaining() + LONGEST_CHARACTER);
        CoderResult result = decoder.decode(in, out, last);
        if (result.isOverflow()) {
            throw new IllegalStateException("UTF-8 has no more characters than bytes");
        }
        rest = new byte[in.remaining()];
        in.get(rest);
        return limited(out.flip().toString());
    }

    private String limited(String text) {
        int count = text.codePointCount(0, text.length());
        if (count <= left) {
            left -= count;
            return text;
        }
        cut = true;
        return text.substring(0, text.offsetByCodePoints(0, left)) + CUT;
    }
}
