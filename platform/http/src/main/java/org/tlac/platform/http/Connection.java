package org.tlac.platform.http;

import io.helidon.webserver.CloseConnectionException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One accepted connection: what it is doing, and until when it may. Its own thread says what it does; the sweeper of {@link Connections}
 * closes it when the time for that is over, which ends whatever read or write the thread waits in. Helidon has no time limit for a head, a
 * handshake or a write, and its one for reads ({@code SO_TIMEOUT}) starts anew with every byte.
 */
final class Connection {

    /** Bytes of an answer that are handed to the socket at once; a client that takes so many within the write time is slow, not gone. */
    static final int WRITE_SLICE = 32 << 10;

    /** No time limit: the call itself is bounded elsewhere. */
    private static final long NEVER = Long.MAX_VALUE;

    private static final ThreadLocal<@Nullable Connection> CURRENT = new ThreadLocal<>();

    /** What a connection is doing. Up to {@code HEAD} it may be closed to make room for another. */
    enum Phase {
        HANDSHAKE,
        IDLE,
        HEAD,
        CALL,
        CLOSING,
        CLOSED
    }

    private static final Phase[] WAITING = {Phase.HANDSHAKE, Phase.IDLE, Phase.HEAD};

    private final Socket socket;
    private final Closeable raw;
    private final ConnectionLimits limits;
    private final boolean reserved;
    private final SocketAddress remote;
    private final SocketAddress local;
    private final AtomicReference<Phase> phase;
    private volatile @Nullable Socket tls;
    private volatile long since = System.nanoTime();
    private volatile long deadline;
    private volatile long writing;
    private volatile long bodyUntil;
    private volatile boolean endOfInput;
    private boolean http10;

    /**
     * A connection that was just accepted.
     *
     * @param raw what to close: the socket itself, or the channel that it belongs to
     * @param reserved whether it is one above the limit
     */
    Connection(Socket socket, Closeable raw, ConnectionLimits limits, boolean secured, boolean reserved) {
        this.socket = socket;
        this.raw = raw;
        this.limits = limits;
        this.reserved = reserved;
        this.remote = socket.getRemoteSocketAddress();
        this.local = socket.getLocalSocketAddress();
        this.phase = new AtomicReference<>(secured ? Phase.HANDSHAKE : Phase.IDLE);
        this.deadline = System.nanoTime() + (secured ? limits.handshake() : limits.idle()).toNanos();
    }

    /** The connection that the current thread serves; null on other threads. */
    static @Nullable Connection current() {
        return CURRENT.get();
    }

    /**
     * Answers a call on the current thread, which its connection, where that is tracked, is told of.
     *
     * @throws CloseConnectionException when it was closed before: nobody would get the answer
     */
    static void answering(Runnable call) {
        Connection connection = CURRENT.get();
        if (connection == null) {
            call.run();
            return;
        }
        if (!connection.callBegins()) {
            throw new CloseConnectionException("closed before the call began");
        }
        try {
            call.run();
        } finally {
            connection.callEnds();
        }
    }

    void serve() {
        CURRENT.set(this);
        move(Phase.HANDSHAKE, Phase.IDLE, limits.idle().toNanos());
    }

    SocketAddress remote() {
        return remote;
    }

    SocketAddress local() {
        return local;
    }

    InetAddress address() {
        return ((InetSocketAddress) remote).getAddress();
    }

    boolean reserved() {
        return reserved;
    }

    Phase phase() {
        return Objects.requireNonNull(phase.get());
    }

    /** Whether the current request is HTTP/1.0: its answer ends with the connection. */
    boolean http10() {
        return http10;
    }

    void speaksHttp10() {
        http10 = true;
    }

    /** The TLS socket over this connection, once there is one. */
    void secured(Socket socketOverThis) {
        tls = socketOverThis;
    }

    /** How long it has been doing what it does, in nanoseconds. */
    long age(long now) {
        return now - since;
    }

    /** How long the write in progress has been waiting, in nanoseconds; 0 when there is none. */
    long stalled(long now) {
        long began = writing;
        return began == 0 ? 0 : now - began;
    }

    boolean expired(long now) {
        long until = deadline;
        return until != NEVER && now - until > 0;
    }

    boolean open() {
        return phase() != Phase.CLOSED && !socket.isClosed();
    }

    private boolean move(Phase from, Phase to, long nanos) {
        if (!phase.compareAndSet(from, to)) {
            return false;
        }
        long now = System.nanoTime();
        since = now;
        deadline = nanos == NEVER ? NEVER : now + nanos;
        return true;
    }

    /**
     * Before more input is waited for.
     *
     * @param bodyNanos for the whole of a body to arrive
     */
    void reading(long bodyNanos) {
        if (phase() == Phase.CALL) {
            long now = System.nanoTime();
            if (bodyUntil == 0) {
                bodyUntil = now + bodyNanos;
            }
            deadline = Math.min(bodyUntil, now + limits.read().toNanos());
        }
    }

    /** @param count bytes that arrived, -1 at the end of input */
    void read(int count) {
        if (count < 0) {
            endOfInput = true;
        } else if (!move(Phase.IDLE, Phase.HEAD, limits.head().toNanos()) && phase() == Phase.CALL) {
            deadline = NEVER;
        }
    }

    /**
     * A request's head is complete.
     *
     * @return false when the connection was closed meanwhile: nobody would get the answer
     */
    boolean callBegins() {
        bodyUntil = 0;
        // Idle still when the request had arrived together with the one before it.
        return move(Phase.HEAD, Phase.CALL, NEVER) || move(Phase.IDLE, Phase.CALL, NEVER);
    }

    void callEnds() {
        move(Phase.CALL, Phase.IDLE, limits.idle().toNanos());
    }

    /**
     * Before a slice of an answer is written.
     *
     * @return the deadline to give back to {@link #written}
     */
    long writing() {
        long before = deadline;
        long now = System.nanoTime();
        writing = now;
        deadline = now + limits.write().toNanos();
        return before;
    }

    void written(long deadlineBefore) {
        writing = 0;
        deadline = deadlineBefore;
    }

    /**
     * The server is done with this connection. What the client still sends is read and thrown away for a moment, so that it gets to read
     * its answer, and everything is given back.
     */
    void finish() {
        CURRENT.remove();
        try {
            if (phase() != Phase.CLOSED) {
                phase.set(Phase.CLOSING);
                deadline = System.nanoTime() + limits.linger().toNanos();
                if (!endOfInput) {
                    linger();
                }
            }
        } catch (IOException | RuntimeException e) {
            // The client is gone, which is what was waited for.
        } finally {
            close();
        }
    }

    private void linger() throws IOException {
        Socket secured = tls;
        if (secured != null) {
            // Sends close_notify: the client knows that the answer is whole.
            secured.shutdownOutput();
        }
        socket.shutdownOutput();
        InputStream in = socket.getInputStream();
        byte[] waste = new byte[8 << 10];
        long left = limits.lingerBytes();
        for (int count = in.read(waste); count >= 0 && left > 0; count = in.read(waste)) {
            left -= count;
        }
    }

    /** Closes it now, whatever it is doing. */
    void close() {
        phase.set(Phase.CLOSED);
        try {
            raw.close();
        } catch (IOException e) {
            // Closed all the same.
        }
    }

    /** Closes it if it is still waiting for a request; false when it began to be answered meanwhile. */
    boolean closeIfWaiting() {
        for (Phase waiting : WAITING) {
            if (phase.compareAndSet(waiting, Phase.CLOSED)) {
                close();
                return true;
            }
        }
        return false;
    }

    /** Whether it waits for its client, so that closing it interrupts no answer. */
    boolean waiting() {
        Phase now = phase();
        return now == Phase.HANDSHAKE || now == Phase.IDLE || now == Phase.HEAD || now == Phase.CLOSING;
    }

    /** Lets nothing more come in. */
    void endReading() throws IOException {
        socket.shutdownInput();
    }
}
