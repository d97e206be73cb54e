package org.tlac.acceptance.edge;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/** Many clients at once, each a thread of its own, all of which end when they are told to. */
final class Crowd implements AutoCloseable {

    /** As many connect at the same moment: more would only wait for each other. */
    private static final int CONNECTING = 64;

    private final Semaphore connecting = new Semaphore(CONNECTING);
    private final Queue<Line> open = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, Integer> outcomes = new ConcurrentSkipListMap<>();
    private volatile boolean over;

    @FunctionalInterface
    interface Opener {
        Line open() throws IOException;
    }

    /** What a client does on its connection, until it is over; gives a word for what came of it. */
    @FunctionalInterface
    interface Client {
        String act(Line line, BooleanSupplier over) throws IOException, InterruptedException;
    }

    void come(int count, Opener opener, Client client) {
        for (int i = 0; i < count; i++) {
            threads.add(Thread.ofVirtual().start(() -> outcomes.merge(visit(opener, client), 1, Integer::sum)));
        }
    }

    private String visit(Opener opener, Client client) {
        try {
            connecting.acquire();
            Line line;
            try {
                if (over) {
                    return "too late";
                }
                line = opener.open();
            } catch (IOException e) {
                return "not connected";
            } finally {
                connecting.release();
            }
            open.add(line);
            return client.act(line, () -> over);
        } catch (IOException e) {
            return over ? "until the end" : "cut off";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    int connected() {
        return open.size();
    }

    /** Ends all of them. @return how many came to what */
    Map<String, Integer> leave() throws InterruptedException {
        over = true;
        close();
        for (Thread thread : threads) {
            thread.join();
        }
        return new TreeMap<>(outcomes);
    }

    /** Waits until each has done what it came for, at most so long: a write has no time limit of its own. */
    Map<String, Integer> finish(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        for (Thread thread : threads) {
            thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
        }
        return leave();
    }

    @Override
    public void close() {
        over = true;
        for (Line line : open) {
            try {
                line.reset();
            } catch (IOException e) {
                // Closed already.
            }
        }
    }
}
