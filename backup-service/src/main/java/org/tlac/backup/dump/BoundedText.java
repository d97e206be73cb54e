package org.tlac.backup.dump;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** What a program said, however much it said: the beginning and the end are kept, the middle is dropped. */
final class BoundedText {

    /** Each of the two kept parts. Programs say what went wrong first, and how it ended last. */
    static final int PART = 16 << 10;

    private final byte[] head = new byte[PART];
    private final byte[] tail = new byte[PART];
    private long length;

    /** Reads to the end of the stream. */
    void drain(InputStream in) throws IOException {
        byte[] buffer = new byte[8192];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            append(buffer, read);
        }
    }

    private synchronized void append(byte[] bytes, int count) {
        for (int i = 0; i < count; i++, length++) {
            if (length < PART) {
                head[(int) length] = bytes[i];
            } else {
                tail[(int) (length % PART)] = bytes[i];
            }
        }
    }

    synchronized String text() {
        String start = new String(head, 0, (int) Math.min(length, PART), StandardCharsets.UTF_8);
        if (length <= PART) {
            return start;
        }
        int kept = (int) Math.min(length - PART, PART);
        byte[] end = new byte[kept];
        for (int i = 0; i < kept; i++) {
            end[i] = tail[(int) ((length - kept + i) % PART)];
        }
        String gap = length > 2L * PART ? "\n[...]\n" : "";
        return start + gap + new String(end, StandardCharsets.UTF_8);
    }
}
