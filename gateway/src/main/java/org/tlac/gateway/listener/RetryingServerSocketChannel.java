package org.tlac.gateway.listener;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening channel that waits and goes on when a connection cannot be accepted. It ends when it is closed, and only then. */
final class RetryingServerSocketChannel extends ServerSocketChannel {

    private static final Logger LOG = LoggerFactory.getLogger(RetryingServerSocketChannel.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    /** It fails for as long as there is a shortage, many times a second while it comes and goes. */
    private static final Duration LOG_PACE = Duration.ofMinutes(1);

    private final ServerSocketChannel listening;
    private long logged = System.nanoTime() - LOG_PACE.toNanos();

    RetryingServerSocketChannel(SelectorProvider provider, ServerSocketChannel listening) {
        super(provider);
        this.listening = listening;
    }

    @Override
    public @Nullable SocketChannel accept() throws IOException {
        Duration pause = FIRST_PAUSE;
        while (true) {
            try {
                return listening.accept();
            } catch (ClosedChannelException e) {
                throw e;
            } catch (IOException e) {
                if (System.nanoTime() - logged > LOG_PACE.toNanos()) {
                    logged = System.nanoTime();
                    LOG.error("Cannot accept connections at {}, trying on: {}", getLocalAddress(), e.toString());
                }
                pause(pause);
                pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
        }
    }

    private static void pause(Duration pause) throws ClosedChannelException {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClosedChannelException();
        }
    }

    @Override
    public ServerSocketChannel bind(@Nullable SocketAddress local, int backlog) throws IOException {
        listening.bind(local, backlog);
        return this;
    }

    @Override
    public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) throws IOException {
        listening.setOption(name, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) throws IOException {
        return listening.getOption(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return listening.supportedOptions();
    }

    @Override
    public ServerSocket socket() {
        return listening.socket();
    }

    @Override
    public @Nullable SocketAddress getLocalAddress() throws IOException {
        return listening.getLocalAddress();
    }

    @Override
    protected void implCloseSelectableChannel() throws IOException {
        listening.close();
    }

    @Override
    protected void implConfigureBlocking(boolean block) throws IOException {
        listening.configureBlocking(block);
    }
}
