package org.tlac.gateway.upstream;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PlainSocket;
import io.helidon.webclient.api.ClientConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A connection to one replica of a service. It is ours and not the client's: whoever took it gives it back or closes it, and a deadline
 * holds for the whole exchange, its connecting, writing and reading together, because {@link ConnectionWatch} closes what is overdue.
 */
final class ServiceConnection implements ClientConnection {

    /** No deadline: it is idle, or waits for somebody else than the service. */
    private static final long NONE = Long.MAX_VALUE;

    private static final long EXPIRED = Long.MIN_VALUE;

    private final ServiceConnections pool;
    private final NextReplica.Replica replica;
    private final SocketChannel channel;
    private final HelidonSocket socket;
    private final DataReader reader;
    private final DataWriter writer;
    private final AtomicLong due = new AtomicLong(NONE);
    private volatile ServiceClient.Patience patience = ServiceClient.Patience.NONE;
    private volatile long began;
    private volatile long idleSince;
    private volatile boolean closed;
    private boolean used;
    private boolean answered;

    /** @param socket over the channel; for TLS with its own layer between */
    ServiceConnection(
            ServiceConnections pool, NextReplica.Replica replica, SocketChannel channel, HelidonSocket socket) {
        this.pool = pool;
        this.replica = replica;
        this.channel = channel;
        this.socket = socket;
        this.reader = DataReader.create(this::read);
        this.writer = new Writer(socket);
    }

    NextReplica.Replica replica() {
        return replica;
    }

    /** An exchange begins, or goes on over this connection after it tried another. */
    void begin(long start, ServiceClient.Patience how) {
        began = start;
        patience = how;
        answered = false;
        due.set(start + Math.min(how.silence().toNanos(), how.whole().toNanos()));
    }

    /** No deadline until {@link #resume}: the service is not who keeps us waiting. */
    void suspend() {
        due.updateAndGet(now -> now == EXPIRED ? EXPIRED : NONE);
    }

    void resume(Duration left) {
        long until = System.nanoTime() + left.toNanos();
        due.updateAndGet(now -> now == EXPIRED ? EXPIRED : until);
    }

    /** What is left for this exchange. */
    Duration left() {
        long until = due.get();
        return until == NONE || until == EXPIRED
                ? Duration.ZERO
                : Duration.ofNanos(Math.max(0, until - System.nanoTime()));
    }

    /** The exchange is over; false when it was too late. */
    boolean end() {
        used = true;
        idleSince = System.nanoTime();
        return due.getAndSet(NONE) != EXPIRED;
    }

    /** Closes what is overdue, whatever its thread is blocked in. A service that answers others is busy: then the silence counts anew. */
    void expire(long now) {
        long until = due.get();
        if (until == NONE || until == EXPIRED || until - now > 0) {
            return;
        }
        ServiceClient.Patience how = patience;
        long renewed = Math.min(
                replica.lastAnswer() + how.silence().toNanos() - began,
                how.whole().toNanos());
        if (began + renewed - now > 0) {
            due.compareAndSet(until, began + renewed);
        } else if (due.compareAndSet(until, EXPIRED)) {
            closeResource();
        }
    }

    boolean expired() {
        return due.get() == EXPIRED;
    }

    /** Whether it carried an exchange before this one. */
    boolean used() {
        return used;
    }

    /** Whether the service sent anything in this exchange. */
    boolean answered() {
        return answered;
    }

    /** Whether it lay unused since before that time. */
    boolean idleSince(long time) {
        return idleSince - time < 0;
    }

    /** Whether it can carry another exchange. One system call: an open connection has nothing to read, a closed one has its end. */
    boolean fresh() {
        if (closed || reader.available() > 0) {
            return false;
        }
        try {
            channel.configureBlocking(false);
            int count = channel.read(ByteBuffer.allocate(1));
            channel.configureBlocking(true);
            return count == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private byte @Nullable [] read() {
        byte[] bytes = socket.get();
        if (!answered && bytes != null) {
            answered = true;
            replica.answered(System.nanoTime());
        }
        return bytes;
    }

    @Override
    public DataReader reader() {
        return reader;
    }

    @Override
    public DataWriter writer() {
        return writer;
    }

    @Override
    public String channelId() {
        return socket.socketId();
    }

    @Override
    public HelidonSocket helidonSocket() {
        return socket;
    }

    /** Deadlines are of exchanges, not of reads: a service that sends a byte now and then must not stretch them. */
    @Override
    public void readTimeout(Duration readTimeout) {}

    @Override
    public void releaseResource() {
        pool.give(this);
    }

    @Override
    public void closeResource() {
        closed = true;
        try {
            channel.close();
        } catch (IOException e) {
            // Its descriptor is free all the same.
        }
        pool.gone(this);
    }

    boolean closed() {
        return closed;
    }

    /** Whether it can be kept for another exchange: what lies over TLS is not looked into, and so not kept. */
    boolean keepable() {
        return socket instanceof PlainSocket && !socket.isSecure() && !closed && reader.available() == 0;
    }

    /** Everything at once: what is written here is a whole head, or a whole head and body. */
    private record Writer(HelidonSocket socket) implements DataWriter {

        @Override
        public void write(BufferData... buffers) {
            for (BufferData buffer : buffers) {
                socket.write(buffer);
            }
        }

        @Override
        public void write(BufferData buffer) {
            socket.write(buffer);
        }

        @Override
        public void writeNow(BufferData... buffers) {
            write(buffers);
        }

        @Override
        public void writeNow(BufferData buffer) {
            socket.write(buffer);
        }
    }
}
