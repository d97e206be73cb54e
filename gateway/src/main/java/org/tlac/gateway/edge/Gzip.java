package org.tlac.gateway.edge;

import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Compresses in memory, a few bodies at a time. Each compressor takes a quarter of a megabyte outside the heap, and as many do their
 * work at once as were made; one more call does without.
 */
public final class Gzip implements AutoCloseable {

    private static final byte[] HEAD = {0x1f, (byte) 0x8b, Deflater.DEFLATED, 0, 0, 0, 0, 0, 0, (byte) 0xff};
    private static final int TAIL = 8;

    private final BlockingQueue<Deflater> idle;

    public Gzip(int concurrent, int level) {
        idle = new ArrayBlockingQueue<>(Math.max(1, concurrent));
        for (int i = 0; i < concurrent; i++) {
            idle.add(new Deflater(level, true));
        }
    }

    /** Empty when it would not be smaller, or when all compressors are busy. */
    public Optional<byte[]> compress(byte[] body) {
        Deflater deflater = idle.poll();
        if (deflater == null) {
            return Optional.empty();
        }
        try {
            return compress(body, deflater);
        } finally {
            deflater.reset();
            idle.add(deflater);
        }
    }

    private static Optional<byte[]> compress(byte[] body, Deflater deflater) {
        byte[] out = new byte[body.length];
        if (out.length <= HEAD.length + TAIL) {
            return Optional.empty();
        }
        System.arraycopy(HEAD, 0, out, 0, HEAD.length);
        deflater.setInput(body);
        deflater.finish();
        int size = HEAD.length + deflater.deflate(out, HEAD.length, out.length - HEAD.length - TAIL);
        if (!deflater.finished()) {
            return Optional.empty();
        }
        CRC32 sum = new CRC32();
        sum.update(body);
        littleEndian((int) sum.getValue(), out, size);
        littleEndian(body.length, out, size + TAIL / 2);
        return Optional.of(Arrays.copyOf(out, size + TAIL));
    }

    private static void littleEndian(int value, byte[] out, int at) {
        for (int i = 0; i < Integer.BYTES; i++) {
            out[at + i] = (byte) (value >>> (8 * i));
        }
    }

    @Override
    public void close() {
        for (Deflater deflater = idle.poll(); deflater != null; deflater = idle.poll()) {
            deflater.end();
        }
    }
}
