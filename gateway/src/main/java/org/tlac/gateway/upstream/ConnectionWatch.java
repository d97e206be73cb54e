package org.tlac.gateway.upstream;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that closes connections to services which are overdue, whatever their calls are blocked in, and idle ones that are of no more
 * use. A thread of its own and no time limits of sockets: those know nothing of writing, and begin anew with each byte that is read.
 */
public final class ConnectionWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionWatch.class);

    /** How much later than its deadline an exchange may end. */
    private static final Duration PACE = Duration.ofMillis(50);

    private static final int SWEEP_EVERY = 10;

    private final Set<ServiceConnections> pools = ConcurrentHashMap.newKeySet();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("connection-watch").unstarted(this::watch);

    private ConnectionWatch() {}

    public static ConnectionWatch start() {
        ConnectionWatch watch = new ConnectionWatch();
        watch.thread.start();
        return watch;
    }

    void add(ServiceConnections pool) {
        pools.add(pool);
    }

    private void watch() {
        try {
            for (int round = 1; true; round++) {
                Thread.sleep(PACE);
                look(round % SWEEP_EVERY == 0);
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private void look(boolean sweep) {
        pools.removeIf(ServiceConnections::done);
        for (ServiceConnections pool : pools) {
            try {
                pool.expire(System.nanoTime());
                if (sweep) {
                    pool.sweep(System.nanoTime());
                }
            } catch (RuntimeException e) {
                // Without this thread no call would ever be given up.
                LOG.error("Connections to a service cannot be looked after", e);
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        pools.forEach(ServiceConnections::close);
    }
}
