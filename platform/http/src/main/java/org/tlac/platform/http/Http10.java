package org.tlac.platform.http;

import java.nio.charset.StandardCharsets;

/**
 * Finds {@code HTTP/1.0} in a connection's first line and makes it {@code HTTP/1.1}. Helidon closes such a connection without a word, and
 * proxies that speak it (nginx does, unless told otherwise) tell their clients that nobody is there. Neither a method nor a path that is
 * accepted has a space in it, so this is the line's third word or the request is refused.
 */
final class Http10 {

    private static final byte[] VERSION = " HTTP/1.0".getBytes(StandardCharsets.US_ASCII);

    private boolean done;
    private int matched;

    /**
     * Looks at the next bytes of a connection, which come in any pieces.
     *
     * @return whether the version was found in them; they say HTTP/1.1 then
     */
    boolean rewrite(byte[] bytes) {
        for (int i = 0; i < bytes.length && !done; i++) {
            byte b = bytes[i];
            matched = b == VERSION[matched] ? matched + 1 : b == VERSION[0] ? 1 : 0;
            if (matched == VERSION.length) {
                done = true;
                bytes[i] = '1';
                return true;
            }
            done = b == '\n';
        }
        return false;
    }
}
