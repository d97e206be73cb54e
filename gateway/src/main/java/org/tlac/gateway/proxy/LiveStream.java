package org.tlac.gateway.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** A stream of events on its way through, which ends when its reader may not read any further. Heartbeats keep it looking. */
final class LiveStream extends InputStream {

    /** Not at each heartbeat of each stream: the question may go to another service. */
    private static final Duration PACE = Duration.ofSeconds(5);

    private final InputStream in;
    private final BooleanSupplier stopping;
    private final BooleanSupplier mayGoOn;
    private long asked = System.nanoTime();

    /**
     * A stream with an end.
     *
     * @param stopping whether every stream ends
     * @param mayGoOn whether this one's reader may still read; asked now and then
     */
    LiveStream(InputStream in, BooleanSupplier stopping, BooleanSupplier mayGoOn) {
        this.in = in;
        this.stopping = stopping;
        this.mayGoOn = mayGoOn;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int count = in.read(buffer, offset, length);
        if (stopping.getAsBoolean()) {
            return -1;
        }
        long now = System.nanoTime();
        if (now - asked > PACE.toNanos()) {
            asked = now;
            return mayGoOn.getAsBoolean() ? count : -1;
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
