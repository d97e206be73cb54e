package org.tlac.platform.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.security.Principal;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;

/**
 * Helidon's HTTP/1.1 over connections that {@link Connections} knows: each read and write says what its connection is doing, and when the
 * connection is done everything that belongs to it is given back, also where closing the socket above it fails.
 */
final class TrackedHttp1 implements ServerConnectionSelector {

    private final Http1ConnectionSelector http1;
    private final Connections connections;
    private final Duration bodyTimeout;

    TrackedHttp1(Http1Config config, Connections connections, Duration bodyTimeout) {
        this.http1 = Http1ConnectionSelector.builder().config(config).build();
        this.connections = connections;
        this.bodyTimeout = bodyTimeout;
    }

    @Override
    public int bytesToIdentifyConnection() {
        return http1.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return http1.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http1.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        Connection connection = connections
                .find(context.remotePeer().address(), context.localPeer().address())
                .orElseThrow(
                        () -> new ServerConnectionException("The connection was closed before it was served", null));
        connection.serve();
        return new Tracked(http1.connection(new Context(context, connection, bodyTimeout)), connection, connections);
    }

    /** A connection whose end is noticed. */
    private record Tracked(ServerConnection served, Connection connection, Connections connections)
            implements ServerConnection {

        @Override
        public void handle(Limit limit) throws InterruptedException {
            try {
                served.handle(limit);
            } finally {
                connection.finish();
                connections.forget(connection);
            }
        }

        @Override
        public Duration idleTime() {
            return served.idleTime();
        }

        @Override
        public void close(boolean interrupt) {
            served.close(interrupt);
        }
    }

    /**
     * Helidon's context of a connection with a reader and a writer of ours. Its peers are remembered: Helidon asks for them, and for a
     * client's certificate, which ours have none of, with every request.
     */
    private static final class Context implements ConnectionContext {

        private final ConnectionContext helidon;
        private final DataReader reader;
        private final DataWriter writer;
        private final Peer remote;
        private final Peer local;

        Context(ConnectionContext helidon, Connection connection, Duration bodyTimeout) {
            this.helidon = helidon;
            HelidonSocket socket = helidon.serverSocket();
            this.reader = new DataReader(new Input(socket, connection, bodyTimeout.toNanos())::next);
            this.writer = new Output(helidon.dataWriter(), connection);
            this.remote = Peer.of(helidon.remotePeer());
            this.local = Peer.of(helidon.localPeer());
        }

        @Override
        public ListenerContext listenerContext() {
            return helidon.listenerContext();
        }

        @Override
        public ExecutorService executor() {
            return helidon.executor();
        }

        @Override
        public DataWriter dataWriter() {
            return writer;
        }

        @Override
        public DataReader dataReader() {
            return reader;
        }

        @Override
        public Router router() {
            return helidon.router();
        }

        @Override
        public Optional<ProxyProtocolData> proxyProtocolData() {
            return helidon.proxyProtocolData();
        }

        @Override
        public HelidonSocket serverSocket() {
            return helidon.serverSocket();
        }

        @Override
        public PeerInfo remotePeer() {
            return remote;
        }

        @Override
        public PeerInfo localPeer() {
            return local;
        }

        @Override
        public boolean isSecure() {
            return helidon.isSecure();
        }

        @Override
        public String socketId() {
            return helidon.socketId();
        }

        @Override
        public String childSocketId() {
            return helidon.childSocketId();
        }
    }

    private record Peer(SocketAddress address, String host, int port) implements PeerInfo {

        static Peer of(PeerInfo peer) {
            return new Peer(peer.address(), peer.host(), peer.port());
        }

        @Override
        public Optional<Principal> tlsPrincipal() {
            return Optional.empty();
        }

        @Override
        public Optional<Certificate[]> tlsCertificates() {
            return Optional.empty();
        }
    }

    /** What arrives. HTTP/1.0 is read as HTTP/1.1, which Helidon speaks alone, with an answer that ends the connection. */
    private static final class Input {

        private final HelidonSocket socket;
        private final Connection connection;
        private final long bodyNanos;
        private final Http10 http10 = new Http10();

        Input(HelidonSocket socket, Connection connection, long bodyNanos) {
            this.socket = socket;
            this.connection = connection;
            this.bodyNanos = bodyNanos;
        }

        /** The next bytes; null at the end. */
        byte[] next() {
            connection.reading(bodyNanos);
            // Also worth it by itself: what has arrived meanwhile is read without waiting for the poller.
            letOthersRun();
            byte[] bytes;
            try {
                bytes = socket.get();
            } catch (UncheckedIOException e) {
                connection.read(-1);
                throw new ServerConnectionException("Failed to get data from socket", e);
            }
            connection.read(bytes == null ? -1 : bytes.length);
            if (bytes != null && http10.rewrite(bytes)) {
                connection.speaksHttp10();
            }
            return bytes;
        }
    }

    /** What leaves, in slices: a client that is slow gets its answer, one that takes nothing is found out. */
    private static final class Output implements DataWriter {

        private final DataWriter out;
        private final Connection connection;

        Output(DataWriter out, Connection connection) {
            this.out = out;
            this.connection = connection;
        }

        @Override
        public void write(BufferData... buffers) {
            writeNow(buffers);
        }

        @Override
        public void write(BufferData buffer) {
            writeNow(buffer);
        }

        @Override
        public void writeNow(BufferData... buffers) {
            writeNow(BufferData.create(buffers));
        }

        @Override
        public void writeNow(BufferData buffer) {
            if (buffer.available() <= Connection.WRITE_SLICE) {
                slice(buffer);
                return;
            }
            byte[] bytes = new byte[Connection.WRITE_SLICE];
            while (buffer.available() > 0) {
                int count = buffer.read(bytes, 0, Math.min(bytes.length, buffer.available()));
                slice(BufferData.create(bytes, 0, count));
                letOthersRun();
            }
        }

        private void slice(BufferData buffer) {
            long deadline = connection.writing();
            try {
                out.writeNow(buffer);
            } finally {
                connection.written(deadline);
            }
        }
    }

    /** Virtual threads take turns only where they wait: without this a thousand large answers come before a health check. */
    @SuppressWarnings("ThreadPriorityCheck") // Fairness is what the yield is for; nothing waits for it.
    private static void letOthersRun() {
        Thread.yield();
    }
}
