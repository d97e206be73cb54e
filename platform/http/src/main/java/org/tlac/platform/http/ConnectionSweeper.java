package org.tlac.platform.http;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that keeps the time of a service's connections, of all its listeners. */
final class ConnectionSweeper implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionSweeper.class);

    /** A limit is exceeded by so much at most. */
    private static final Duration PACE = Duration.ofMillis(200);

    /** Of the connections that wait for their clients, closed each time that memory is found to be short. */
    private static final double SHED = 0.1;

    private final HeapPressure heap = new HeapPressure();
    private final List<Connections> clients = new CopyOnWriteArrayList<>();
    private final List<Connections> listeners = new CopyOnWriteArrayList<>();
    private final Thread thread =
            Thread.ofPlatform().name("connection-sweeper").daemon().unstarted(this::run);

    Connections add(Connections listener) {
        clients.add(listener);
        listeners.add(listener);
        return listener;
    }

    /** As {@link #add}, for a listener that no client reaches. */
    Connections addManagement(Connections listener) {
        listeners.add(listener);
        return listener;
    }

    int openToClients() {
        return clients.stream().mapToInt(Connections::count).sum();
    }

    int mostToClients() {
        return clients.stream()
                .mapToInt(
                        listener -> listener.limits().max() + listener.limits().reserve())
                .sum();
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(PACE);
                listeners.forEach(listener -> guarded(listener::sweep));
                if (heap.isHigh()) {
                    LOG.warn("Memory is short: idle connections are closed");
                    clients.forEach(listener -> guarded(() -> listener.shed(SHED)));
                }
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private static void guarded(Runnable closing) {
        try {
            closing.run();
        } catch (RuntimeException e) {
            // Without this thread nothing would have a time limit any more.
            LOG.error("Could not close what has used up its time or memory", e);
        }
    }

    void endReading() {
        listeners.forEach(Connections::endReading);
    }

    void closeAll() {
        listeners.forEach(Connections::closeAll);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
