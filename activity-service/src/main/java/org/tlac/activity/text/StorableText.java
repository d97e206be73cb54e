package org.tlac.activity.text;

import org.tlac.platform.http.ApiError;

/** Text that PostgreSQL and UTF-8 can hold. JSON's {@code \\u} escapes can spell text that neither can: NUL, and half a surrogate pair. */
public final class StorableText {

    private StorableText() {}

    /** @throws ApiError 400 when it cannot be stored */
    public static void check(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\0') {
                throw ApiError.badRequest("Text must not contain NUL characters.");
            }
            if (Character.isSurrogate(c)) {
                boolean pair = i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1));
                if (!pair) {
                    throw ApiError.badRequest("Text must not contain half a surrogate pair.");
                }
                i++;
            }
        }
    }
}
