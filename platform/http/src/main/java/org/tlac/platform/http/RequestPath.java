package org.tlac.platform.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The one form of a path that is routed, so that Helidon's matchers and everything behind them see the same path. Forms that two readers
 * could understand differently (empty and dot segments, encoded slashes, dots, backslashes and control characters, path parameters) are refused.
 */
final class RequestPath {

    /** Longer than any path of ours, shorter than what a log line or a header limit would mind. */
    static final int MAX_LENGTH = 1024;

    private RequestPath() {}

    /** @throws ApiError 400 when the raw path is not in normal form */
    static void check(String raw) {
        if (raw.length() > MAX_LENGTH || !raw.startsWith("/")) {
            throw refused();
        }
        if (raw.length() > 1) {
            for (String segment : raw.substring(1).split("/", -1)) {
                checkText(decode(segment));
            }
        }
    }

    private static ByteBuffer decode(String segment) {
        ByteBuffer bytes = ByteBuffer.allocate(segment.length());
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c == '%') {
                bytes.put(escaped(segment, i));
                i += 2;
            } else if (c > 0x20 && c < 0x7f && ";\\\"<>^`{|}#?".indexOf(c) < 0) {
                bytes.put((byte) c);
            } else {
                throw refused();
            }
        }
        return bytes.flip();
    }

    private static byte escaped(String segment, int at) {
        if (at + 2 >= segment.length()) {
            throw refused();
        }
        int high = Character.digit(segment.charAt(at + 1), 16);
        int low = Character.digit(segment.charAt(at + 2), 16);
        int value = high * 16 + low;
        if (high < 0 || low < 0 || value < 0x20 || value == 0x7f || "/\\.%;".indexOf(value) >= 0) {
            throw refused();
        }
        return (byte) value;
    }

    private static void checkText(ByteBuffer bytes) {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
            boolean dots = text.chars().allMatch(c -> c == '.');
            if (dots || text.chars().anyMatch(Character::isISOControl)) {
                throw refused();
            }
        } catch (CharacterCodingException e) {
            throw refused();
        }
    }

    private static ApiError refused() {
        return ApiError.badRequest("Malformed path.");
    }
}
