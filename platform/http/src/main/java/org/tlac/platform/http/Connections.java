package org.tlac.platform.http;

import io.helidon.common.socket.SocketOptions;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The open connections of one listener: how many there may be, and the sweep that closes those whose time is over. Helidon hands each
 * accepted connection to {@link #configureSocket}; it is forgotten when it is closed, whoever closed it.
 */
final class Connections implements SocketOptions {

    /** Why a connection or a call was refused or closed: the label {@code reason} of the metric. */
    static final String TOTAL = "total";

    static final String ADDRESS = "address";
    static final String DEADLINE = "deadline";

    /** A connection that has waited for its client for so long may be closed to make room: younger ones are about to ask. */
    private static final long YIELDS_AFTER = Duration.ofMillis(500).toNanos();

    /** A client that has taken nothing for so long may lose its connection, when many do so. */
    private static final long STALLED_AFTER = Duration.ofMillis(250).toNanos();

    /** TLS handshakes at once, as long as they go on. */
    private static final int MAX_HANDSHAKES = 64;

    private static final Duration HANDSHAKE_PAUSE = Duration.ofMillis(2);

    /**
     * What the kernel holds of an answer that its client does not read; by itself it takes several megabytes. At a round trip of 50 ms it
     * still lets 5 MB/s through.
     */
    private static final int SEND_BUFFER = 256 << 10;

    /** How long a call waits for another to end before it is refused. */
    private static final long CALL_PATIENCE_MILLIS = 80;

    private final SocketOptions defaults = SocketOptions.create();
    private final ConnectionLimits limits;
    private final boolean secured;
    private final Predicate<InetAddress> exempt;
    private final Consumer<String> refused;
    private final Map<Pair, Connection> open = new ConcurrentHashMap<>();
    private final Map<InetAddress, AtomicInteger> addresses = new ConcurrentHashMap<>();
    private final AtomicInteger total = new AtomicInteger();
    private final AtomicLong accepted = new AtomicLong();
    private final Semaphore calls;

    /** Both ends: a client may use one port of its own for connections to several of our addresses. */
    private record Pair(SocketAddress remote, SocketAddress local) {}

    /**
     * The connections of a listener.
     *
     * @param secured whether a TLS handshake comes first
     * @param exempt addresses that may open any number of connections, as a trusted proxy does for everybody
     * @param refused told why, each time that a connection or a call is refused or closed for being too much or too slow
     */
    Connections(ConnectionLimits limits, boolean secured, Predicate<InetAddress> exempt, Consumer<String> refused) {
        this.limits = limits;
        this.secured = secured;
        this.exempt = exempt;
        this.refused = refused;
        this.calls = new Semaphore(limits.maxCalls());
    }

    ConnectionLimits limits() {
        return limits;
    }

    int count() {
        return total.get();
    }

    /** What Helidon 4.1 calls. @throws UncheckedIOException when there is no room: the caller closes the socket then */
    @Override
    public void configureSocket(Socket socket) {
        defaults.configureSocket(socket);
        accept(socket, socket);
    }

    /** What Helidon 4.5 calls in place of the above, which is why nothing is overridden here yet. */
    public void configureSocket(SocketChannel channel) {
        defaults.configureSocket(channel.socket());
        accept(channel.socket(), channel);
    }

    private void accept(Socket socket, Closeable raw) {
        accepted.incrementAndGet();
        boundSendBuffer(socket);
        if (!(socket.getRemoteSocketAddress() instanceof InetSocketAddress remote)) {
            throw new UncheckedIOException(new IOException("The connection was gone before it was served"));
        }
        InetAddress address = remote.getAddress();
        if (!isExempt(address) && countOf(address) >= limits.maxPerAddress()) {
            makeRoom(ADDRESS, connection -> connection.address().equals(address));
        }
        boolean beyond = total.get() >= limits.max();
        if (beyond
                && (total.get() >= limits.max() + limits.reserve()
                        || longestWaiting(any -> true).isPresent())) {
            makeRoom(TOTAL, any -> true);
            beyond = total.get() >= limits.max();
        }
        if (secured) {
            awaitHandshakes();
        }
        Connection connection = new Connection(socket, raw, limits, secured, beyond);
        Connection before = open.put(new Pair(connection.remote(), connection.local()), connection);
        if (before != null) {
            // The client closed one and opened another from the same port before the sweep noticed.
            before.close();
            uncount(before);
        }
        total.incrementAndGet();
        addresses.computeIfAbsent(address, first -> new AtomicInteger()).incrementAndGet();
    }

    private static void boundSendBuffer(Socket socket) {
        try {
            socket.setSendBufferSize(SEND_BUFFER);
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Lets handshakes that began finish before more begin: each takes milliseconds of a processor, and whatever else is to run waits behind
     * all of them. Those whose client does not go on delay others by no more than the pause.
     */
    private void awaitHandshakes() {
        if (handshakes() < MAX_HANDSHAKES) {
            return;
        }
        try {
            Thread.sleep(HANDSHAKE_PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long handshakes() {
        return open.values().stream()
                .filter(connection -> connection.phase() == Connection.Phase.HANDSHAKE)
                .count();
    }

    /** How many came since the start. */
    long accepted() {
        return accepted.get();
    }

    /** Closes the connection that has waited longest for its client. @throws UncheckedIOException when none waits */
    private void makeRoom(String reason, Predicate<Connection> which) {
        Optional<Connection> oldest = longestWaiting(which);
        refused.accept(reason);
        if (oldest.isEmpty() || !close(oldest.get())) {
            throw new UncheckedIOException(new IOException("Too many connections"));
        }
    }

    private Optional<Connection> longestWaiting(Predicate<Connection> which) {
        long now = System.nanoTime();
        return open.values().stream()
                .filter(connection -> connection.waiting() && connection.age(now) > YIELDS_AFTER)
                .filter(which)
                .max(Comparator.comparingLong(connection -> connection.age(now)));
    }

    /** Closes a share of the connections that wait for their clients, rounded up, those first that have waited longest. */
    void shed(double share) {
        long now = System.nanoTime();
        List<Connection> waiting = open.values().stream()
                .filter(Connection::waiting)
                .sorted(Comparator.comparingLong(connection -> -connection.age(now)))
                .toList();
        for (Connection connection : waiting.subList(0, (int) Math.ceil(share * waiting.size()))) {
            if (close(connection)) {
                refused.accept(TOTAL);
            }
        }
    }

    private boolean close(Connection connection) {
        if (connection.phase() == Connection.Phase.CLOSING) {
            connection.close();
        } else if (!connection.closeIfWaiting()) {
            return false;
        }
        forget(connection);
        return true;
    }

    private boolean isExempt(InetAddress address) {
        return address.isLoopbackAddress() || exempt.test(address);
    }

    private int countOf(InetAddress address) {
        AtomicInteger count = addresses.get(address);
        return count == null ? 0 : count.get();
    }

    /** The connection between these two ends; empty when it is closed already. */
    Optional<Connection> find(SocketAddress remote, SocketAddress local) {
        return Optional.ofNullable(open.get(new Pair(remote, local)));
    }

    /** Says which TLS socket lies over a connection. */
    void secured(Socket below, Socket above) {
        find(below.getRemoteSocketAddress(), below.getLocalSocketAddress())
                .ifPresent(connection -> connection.secured(above));
    }

    /** To be called when a connection is closed; calling it again does nothing. */
    void forget(Connection connection) {
        if (open.remove(new Pair(connection.remote(), connection.local()), connection)) {
            uncount(connection);
        }
    }

    private void uncount(Connection connection) {
        total.decrementAndGet();
        addresses.computeIfPresent(
                connection.address(), (address, count) -> count.decrementAndGet() <= 0 ? null : count);
    }

    /** Closes what has used up its time, and forgets what somebody else closed. */
    void sweep() {
        long now = System.nanoTime();
        for (Connection connection : open.values()) {
            if (connection.open() && connection.expired(now)) {
                if (connection.phase() != Connection.Phase.IDLE && connection.phase() != Connection.Phase.CLOSING) {
                    refused.accept(DEADLINE);
                }
                connection.close();
            }
            if (!connection.open()) {
                forget(connection);
            }
        }
        closeStalled(now);
    }

    /** An answer that waits for its client takes memory, a call refused for want of a place as well: so they are bounded together. */
    private void closeStalled(long now) {
        List<Connection> stalled = open.values().stream()
                .filter(connection -> connection.stalled(now) > STALLED_AFTER)
                .sorted(Comparator.comparingLong(connection -> -connection.stalled(now)))
                .toList();
        for (Connection connection : stalled.subList(0, Math.max(0, stalled.size() - limits.maxStalled()))) {
            refused.accept(DEADLINE);
            connection.close();
            forget(connection);
        }
    }

    /**
     * Takes one of the places for calls that are answered at the same time. When they are all taken, the client that has not read its
     * answer for longest loses its connection.
     *
     * @return false when there is none
     */
    boolean beginCall() throws InterruptedException {
        if (calls.tryAcquire()) {
            return true;
        }
        long now = System.nanoTime();
        open.values().stream()
                .filter(connection -> connection.stalled(now) > STALLED_AFTER)
                .max(Comparator.comparingLong(connection -> connection.stalled(now)))
                .ifPresent(connection -> {
                    refused.accept(DEADLINE);
                    connection.close();
                });
        return calls.tryAcquire(CALL_PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    void endCall() {
        calls.release();
    }

    /**
     * Lets nothing more come in: a server that stops would wait for idle connections as long as for busy ones. What is still on its way
     * out, as the end of a stream is when its call is over already, gets there.
     */
    void endReading() {
        open.values().forEach(connection -> {
            try {
                connection.endReading();
            } catch (IOException e) {
                // It is gone, which is what was wanted.
            }
        });
    }

    /** Ends every connection, also those whose client reads nothing. */
    void closeAll() {
        open.values().forEach(connection -> {
            connection.close();
            forget(connection);
        });
    }

    @Override
    public Map<SocketOption<?>, Object> socketOptions() {
        return defaults.socketOptions();
    }

    @Override
    public Duration connectTimeout() {
        return defaults.connectTimeout();
    }

    @Override
    public Duration readTimeout() {
        return defaults.readTimeout();
    }

    @Override
    public Optional<Integer> socketReceiveBufferSize() {
        return defaults.socketReceiveBufferSize();
    }

    @Override
    public Optional<Integer> socketSendBufferSize() {
        return defaults.socketSendBufferSize();
    }

    @Override
    public boolean socketReuseAddress() {
        return defaults.socketReuseAddress();
    }

    @Override
    public boolean socketKeepAlive() {
        return defaults.socketKeepAlive();
    }

    @Override
    public boolean tcpNoDelay() {
        return true;
    }
}
