package org.tlac.runner.interactive;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.tlac.platform.http.Json;

/**
 * All events of an interactive run, from the first one, so that a client whose connection broke misses none. Bounded by the limits on
 * output and input: text that nobody has read yet grows in one event rather than in many. Thread-safe.
 */
final class Transcript {

    private static final String STDOUT = "stdout";
    private static final String STDERR = "stderr";
    private static final String WAITING = "waiting";
    private static final String END = "end";

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Event> events = new ArrayList<>();
    private final Utf8Pieces stdout;
    private final Utf8Pieces stderr;
    private final StringBuilder unread = new StringBuilder();
    private String unreadStream = STDOUT;
    private int wakes;
    private boolean ended;

    /** @param id counts from 1 */
    record Event(long id, String kind, Object data) {

        /** As Server-Sent Events have it; JSON has no line breaks. */
        String framed() {
            String json = new String(Json.write(data), StandardCharsets.UTF_8);
            return "id: " + id + "\nevent: " + kind + "\ndata: " + json + "\n\n";
        }
    }

    /** @param outputCharacters of each of the two streams; more is cut off */
    Transcript(int outputCharacters) {
        stdout = new Utf8Pieces(outputCharacters);
        stderr = new Utf8Pieces(outputCharacters);
    }

    /**
     * The program printed. Called by one thread.
     *
     * @param error whether to its error output
     * @param piece cut anywhere, even inside a character
     */
    void output(boolean error, byte[] piece) {
        append(error ? STDERR : STDOUT, (error ? stderr : stdout).add(piece));
    }

    /**
     * The program prints nothing more.
     *
     * @param message for the pupil, after its error output; may be empty
     */
    void outputEnds(String message) {
        append(STDOUT, stdout.end());
        append(STDERR, stderr.end());
        append(STDERR, message);
    }

    private void append(String stream, String text) {
        lock.lock();
        try {
            if (ended || text.isEmpty()) {
                return;
            }
            if (!stream.equals(unreadStream)) {
                flush();
                unreadStream = stream;
            }
            unread.append(text);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void waiting() {
        add(WAITING, Map.of());
    }

    /** The last event; nothing follows it. */
    void end(Map<String, ?> how) {
        add(END, how);
    }

    private void add(String kind, Map<String, ?> data) {
        lock.lock();
        try {
            if (ended) {
                return;
            }
            flush();
            events.add(new Event(events.size() + 1L, kind, data));
            ended = kind.equals(END);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void flush() {
        if (!unread.isEmpty()) {
            events.add(new Event(events.size() + 1L, unreadStream, Map.of("text", unread.toString())));
            unread.setLength(0);
        }
    }

    /** The events after that one. Blocks until there is one, but no longer than the patience, nor past a {@link #wake}. */
    List<Event> after(long id, Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lockInterruptibly();
        try {
            int seen = wakes;
            while (events.size() <= id && unread.isEmpty() && !ended && left > 0 && wakes == seen) {
                left = changed.awaitNanos(left);
            }
            flush();
            return events.size() <= id ? List.of() : List.copyOf(events.subList(Math.toIntExact(id), events.size()));
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing follows that event. */
    boolean isOverAt(long id) {
        lock.lock();
        try {
            return ended && id >= events.size();
        } finally {
            lock.unlock();
        }
    }

    /** Unblocks every {@link #after}. */
    void wake() {
        lock.lock();
        try {
            wakes++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
