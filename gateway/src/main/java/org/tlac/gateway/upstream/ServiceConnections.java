package org.tlac.gateway.upstream;

import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PlainSocket;
import io.helidon.common.socket.TlsSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * The connections to a service. Helidon's own cache of them drops a dead connection without closing it, and keeps a thread busy with each
 * idle one (docs/decisions/0005-connections-to-services.md); this one closes whatever it does not keep, and keeps nothing for longer than
 * a service would.
 */
final class ServiceConnections {

    private static final String HTTPS = "https";

    /** The JVM keeps DNS' answers for longer by itself; this must only not be what adds to it. */
    private static final Duration REFRESH = Duration.ofSeconds(1);

    private final ServiceClient.Config config;
    private final NextReplica replicas;
    private final Set<ServiceConnection> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger idle = new AtomicInteger();
    private volatile boolean closed;

    ServiceConnections(ServiceClient.Config config) {
        this.config = config;
        this.replicas =
                new NextReplica(config.base().getHost(), port(config.base()), REFRESH, InetAddress::getAllByName);
    }

    private static int port(URI base) {
        if (base.getPort() >= 0) {
            return base.getPort();
        }
        return base.getScheme().equals(HTTPS) ? 443 : 80;
    }

    /**
     * A connection for one exchange that began at {@code start}; its deadline runs.
     *
     * @param fresh whether it must be a new one
     * @throws UncheckedIOException when no replica can be reached
     */
    ServiceConnection take(long start, ServiceClient.Patience patience, boolean fresh) {
        UncheckedIOException failure = null;
        Duration left = left(start, patience);
        List<NextReplica.Replica> order =
                replicas.inTurn(left.compareTo(config.connectTimeout()) < 0 ? left : config.connectTimeout());
        for (NextReplica.Replica replica : order) {
            ServiceConnection kept = fresh ? null : kept(replica);
            if (kept != null) {
                kept.begin(start, patience);
                return kept;
            }
            try {
                ServiceConnection made = connect(replica, left(start, patience));
                made.begin(start, patience);
                open.add(made);
                return made;
            } catch (IOException e) {
                replica.refused();
                failure = new UncheckedIOException(e);
            }
        }
        throw failure == null ? new UncheckedIOException(new IOException("no replica")) : failure;
    }

    private static Duration left(long start, ServiceClient.Patience patience) {
        Duration limit = patience.silence().compareTo(patience.whole()) < 0 ? patience.silence() : patience.whole();
        return limit.minusNanos(System.nanoTime() - start);
    }

    private @Nullable ServiceConnection kept(NextReplica.Replica replica) {
        ServiceConnection connection;
        while ((connection = replica.idle().pollFirst()) != null) {
            idle.decrementAndGet();
            if (connection.fresh()) {
                return connection;
            }
            connection.closeResource();
        }
        return null;
    }

    private ServiceConnection connect(NextReplica.Replica replica, Duration left) throws IOException {
        long millis = Math.min(left.toMillis(), config.connectTimeout().toMillis());
        if (millis <= 0 || closed) {
            throw new java.net.SocketTimeoutException("connect timed out: no time is left");
        }
        SocketChannel channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.socket().connect(replica.address(), Math.toIntExact(millis));
            return new ServiceConnection(this, replica, channel, socket(channel, Math.toIntExact(millis)));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private HelidonSocket socket(SocketChannel channel, int handshakeMillis) throws IOException {
        if (!config.base().getScheme().equals(HTTPS)) {
            return PlainSocket.client(channel.socket(), config.name());
        }
        SSLSocket tls = (SSLSocket) ((SSLSocketFactory) SSLSocketFactory.getDefault())
                .createSocket(channel.socket(), config.base().getHost(), port(config.base()), true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        tls.setSSLParameters(parameters);
        tls.setSoTimeout(handshakeMillis);
        tls.startHandshake();
        tls.setSoTimeout(0);
        return TlsSocket.client(tls, config.name());
    }

    /** An exchange over it ended well. It is kept, unless there are enough of them or the replica is no longer one. */
    void give(ServiceConnection connection) {
        boolean inTime = connection.end();
        if (!inTime || closed || !connection.keepable() || !replicas.has(connection.replica())) {
            connection.closeResource();
        } else if (idle.incrementAndGet() > config.maxIdle()) {
            idle.decrementAndGet();
            connection.closeResource();
        } else {
            // The one used last first: what a quieter time does not need grows old and is closed.
            connection.replica().idle().addFirst(connection);
            if (closed) {
                drop(connection);
            }
        }
    }

    void gone(ServiceConnection connection) {
        open.remove(connection);
    }

    /** Closes what is overdue. */
    void expire(long now) {
        for (ServiceConnection connection : open) {
            connection.expire(now);
        }
    }

    /** Closes idle connections that are too old, that their service closed, or that lead to a replica which is no longer one. */
    void sweep(long now) {
        for (ServiceConnection connection : open) {
            boolean old =
                    connection.idleSince(now - config.keepIdle().toNanos()) || !replicas.has(connection.replica());
            if (connection.replica().idle().remove(connection)) {
                idle.decrementAndGet();
                if (old || !connection.fresh()) {
                    connection.closeResource();
                } else if (idle.incrementAndGet() <= config.maxIdle()) {
                    connection.replica().idle().addLast(connection);
                } else {
                    idle.decrementAndGet();
                    connection.closeResource();
                }
            }
        }
    }

    private void drop(ServiceConnection connection) {
        if (connection.replica().idle().remove(connection)) {
            idle.decrementAndGet();
            connection.closeResource();
        }
    }

    /** Whether nothing is left to look after, for ever. */
    boolean done() {
        return closed && open.isEmpty();
    }

    void close() {
        closed = true;
        open.forEach(this::drop);
    }
}
