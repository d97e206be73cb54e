package org.tlac.runner.sandbox;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** The speech of service and zygote: a kind (one byte), a length (four) and so many bytes; what comes back is bounded by its kind. */
final class Frames {

    static final char JOB = 'J';

    /** To a program that is talked to: what was typed, the last of it, and the order to end. */
    static final char TYPED = 'I';

    static final char TYPED_LAST = 'Z';
    static final char STOP = 'X';

    private final DataInputStream in;
    private final OutputStream out;
    private final int maxResult;

    /** @param kind {@code R}: ready, {@code O} and {@code E}: output and error output, {@code W}: waits for input, {@code D}: done */
    @SuppressWarnings("ArrayRecordComponent") // Read, never compared.
    record Frame(char kind, byte[] content) {}

    /** @param maxResult bytes that the end of a program may take, files and all */
    Frames(InputStream in, OutputStream out, int maxResult) {
        this.in = new DataInputStream(new BufferedInputStream(in));
        this.out = out;
        this.maxResult = maxResult;
    }

    synchronized void write(char kind, byte[] content) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(5 + content.length);
        frame.put((byte) kind).putInt(content.length).put(content);
        out.write(frame.array());
        out.flush();
    }

    /** @throws EOFException when the zygote is gone @throws IOException also for a frame that no zygote of ours sends */
    Frame read() throws IOException {
        char kind = (char) in.readUnsignedByte();
        int length = in.readInt();
        int most = switch (kind) {
            case 'R' -> 4096;
            case 'W' -> 0;
            case 'O', 'E' -> 65536;
            case 'D' -> maxResult;
            default -> throw new IOException("a frame of unknown kind " + (int) kind);
        };
        if (length < 0 || length > most) {
            throw new IOException("a frame " + kind + " of " + length + " bytes");
        }
        byte[] content = in.readNBytes(length);
        if (content.length < length) {
            throw new EOFException("half a frame " + kind);
        }
        return new Frame(kind, content);
    }
}
