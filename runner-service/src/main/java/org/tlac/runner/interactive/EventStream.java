package org.tlac.runner.interactive;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * A session's events as a body that is sent while they happen. Each read waits for something to say; a comment now and then shows the
 * connection to live, and us when it does not. A reader that takes nothing holds up nobody but itself.
 */
final class EventStream extends InputStream {

    /** The client's pause before it connects again, and the first bytes, so that it knows at once that it is connected. */
    private static final String GREETING = "retry: 1000\n\n";

    private static final String HEARTBEAT = ": \n\n";

    /** What happens within one is told together: a program that prints single characters makes no flood of events. */
    private static final Duration PACE = Duration.ofMillis(10);

    private final InteractiveRun session;
    private final Duration heartbeat;
    private long told;
    private long lastTold = System.nanoTime() - PACE.toNanos();
    private byte[] ready = GREETING.getBytes(StandardCharsets.UTF_8);
    private int sent;

    /** @param told the last event that the reader knows already, 0 for none */
    EventStream(InteractiveRun session, Duration heartbeat, long told) {
        this.session = session;
        this.heartbeat = heartbeat;
        this.told = told;
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

    /** @return whether there is anything more to say, ever */
    private boolean next() throws InterruptedException {
        session.reading(this, true);
        try {
            if (!session.isReader(this) || session.transcript().isOverAt(told)) {
                return false;
            }
            Thread.sleep(Duration.ofNanos(Math.max(0, lastTold + PACE.toNanos() - System.nanoTime())));
            List<Transcript.Event> events = session.transcript().after(told, heartbeat);
            StringBuilder text = new StringBuilder();
            events.forEach(event -> text.append(event.framed()));
            ready = (events.isEmpty() ? HEARTBEAT : text.toString()).getBytes(StandardCharsets.UTF_8);
            sent = 0;
            told += events.size();
            lastTold = System.nanoTime();
            return true;
        } finally {
            session.reading(this, false);
        }
    }

    @Override
    public void close() {
        session.left(this);
    }
}
