package org.tlac.runner.interactive;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * The events of an interactive run as a body of Server-Sent Events that is sent while they happen. Each read blocks until there is an
 * event or a heartbeat; writing the heartbeat is also what shows that a connection is broken.
 */
final class EventStream extends InputStream {

    /** The client's pause before it connects again, and the first bytes, so that it knows at once that it is connected. */
    private static final String GREETING = "retry: 1000\n\n";

    private static final String HEARTBEAT = ": \n\n";

    /** Batches output: a program that prints single characters must not make an event of each. */
    private static final Duration MIN_INTERVAL = Duration.ofMillis(10);

    private final Transcript transcript;
    private final RunReader reader;
    private final Duration heartbeat;
    private long lastEvent;
    private long lastEventAt = System.nanoTime() - MIN_INTERVAL.toNanos();
    private byte[] ready = GREETING.getBytes(StandardCharsets.UTF_8);
    private int sent;

    /** @param lastEvent the last event that the client has already, 0 for none */
    EventStream(Transcript transcript, RunReader reader, Duration heartbeat, long lastEvent) {
        this.transcript = transcript;
        this.reader = reader;
        this.heartbeat = heartbeat;
        this.lastEvent = lastEvent;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (sent == ready.length) {
            try {
                if (!next()) {
                    return -1;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException();
            }
        }
        int count = Math.min(length, ready.length - sent);
        System.arraycopy(ready, sent, buffer, offset, count);
        sent += count;
        return count;
    }

    /** @return false when nothing follows any more */
    private boolean next() throws InterruptedException {
        reader.reading(this, true);
        try {
            if (!reader.isCurrent(this) || transcript.isOverAt(lastEvent)) {
                return false;
            }
            Thread.sleep(Duration.ofNanos(Math.max(0, lastEventAt + MIN_INTERVAL.toNanos() - System.nanoTime())));
            List<Transcript.Event> events = transcript.after(lastEvent, heartbeat);
            StringBuilder text = new StringBuilder();
            events.forEach(event -> text.append(event.framed()));
            ready = (events.isEmpty() ? HEARTBEAT : text.toString()).getBytes(StandardCharsets.UTF_8);
            sent = 0;
            lastEvent += events.size();
            lastEventAt = System.nanoTime();
            return true;
        } finally {
            reader.reading(this, false);
        }
    }

    @Override
    public void close() {
        reader.detach(this);
    }
}
