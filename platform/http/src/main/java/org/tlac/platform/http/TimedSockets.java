package org.tlac.platform.http;

import io.helidon.common.socket.SocketOptions;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Options of accepted connections, with the read timeout applied. Helidon has the setting but uses it only for its client: a peer that
 * sends half a request, or half a TLS handshake, and waits would hold its connection for ever.
 */
final class TimedSockets implements SocketOptions {

    private final SocketOptions defaults = SocketOptions.create();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Duration readTimeout;

    TimedSockets(Duration readTimeout) {
        this.readTimeout = readTimeout;
    }

    @Override
    public void configureSocket(Socket socket) {
        defaults.configureSocket(socket);
        open.removeIf(Socket::isClosed);
        open.add(socket);
        try {
            socket.setSoTimeout(Math.toIntExact(readTimeout.toMillis()));
        } catch (SocketException e) {
            throw new java.io.UncheckedIOException("The connection was gone before it was served", e);
        }
    }

    /**
     * Lets nothing more come in: a server that stops would wait for idle connections as long as for busy ones. What is still on its way
     * out, as the end of a stream is when its call is over already, gets there.
     */
    void endReading() {
        forEach(Socket::shutdownInput);
    }

    /** Ends every connection, also those whose client reads nothing. */
    void closeAll() {
        forEach(Socket::close);
    }

    private interface Act {
        void on(Socket socket) throws IOException;
    }

    private void forEach(Act act) {
        for (Socket socket : open) {
            try {
                act.on(socket);
            } catch (IOException e) {
                // It is gone, which is what was wanted.
            }
        }
    }

    /** What Helidon 4.5 calls in place of the above, which is why nothing is overridden here yet. */
    public void configureSocket(SocketChannel channel) {
        configureSocket(channel.socket());
    }

    @Override
    public Duration readTimeout() {
        return readTimeout;
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
