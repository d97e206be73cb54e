package org.tlac.gateway.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RetryingServerSocketChannelTest {

    @Test
    void acceptThatFails_isTriedAgain_untilItWorks() throws Exception {
        try (ServerSocketChannel real = ServerSocketChannel.open();
                RetryingServerSocketChannel channel =
                        new RetryingServerSocketChannel(real.provider(), new Failing(real, 5))) {
            channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
            try (SocketChannel client = SocketChannel.open(channel.getLocalAddress());
                    SocketChannel accepted = channel.accept()) {
                assertThat(accepted.getRemoteAddress()).isEqualTo(client.getLocalAddress());
            }
        }
    }

    @Test
    void close_endsAnAcceptThatWaits() throws Exception {
        ServerSocketChannel real = ServerSocketChannel.open();
        RetryingServerSocketChannel channel = new RetryingServerSocketChannel(real.provider(), real);
        channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                channel.accept();
                end.complete(new AssertionError("accepted nobody"));
            } catch (IOException e) {
                end.complete(e);
            }
        });
        channel.close();
        assertThat(end.get(20, TimeUnit.SECONDS)).isInstanceOf(ClosedChannelException.class);
        assertThat(real.isOpen()).isFalse();
    }

    @Test
    void interrupt_endsAnAcceptThatKeepsFailing() throws Exception {
        try (ServerSocketChannel real = ServerSocketChannel.open();
                RetryingServerSocketChannel channel =
                        new RetryingServerSocketChannel(real.provider(), new Failing(real, Integer.MAX_VALUE))) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(channel::accept).isInstanceOf(ClosedChannelException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    /** A channel whose next accepts fail as they do when the process has no free descriptor. */
    private static final class Failing extends ServerSocketChannel {

        private final ServerSocketChannel real;
        private int failures;

        Failing(ServerSocketChannel real, int failures) {
            super(real.provider());
            this.real = real;
            this.failures = failures;
        }

        @Override
        public SocketChannel accept() throws IOException {
            if (failures-- > 0) {
                throw new SocketException("Too many open files");
            }
            return real.accept();
        }

        @Override
        public ServerSocketChannel bind(SocketAddress local, int backlog) throws IOException {
            return real.bind(local, backlog);
        }

        @Override
        public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) throws IOException {
            return real.setOption(name, value);
        }

        @Override
        public <T> T getOption(SocketOption<T> name) throws IOException {
            return real.getOption(name);
        }

        @Override
        public Set<SocketOption<?>> supportedOptions() {
            return real.supportedOptions();
        }

        @Override
        public ServerSocket socket() {
            return real.socket();
        }

        @Override
        public SocketAddress getLocalAddress() throws IOException {
            return real.getLocalAddress();
        }

        @Override
        protected void implCloseSelectableChannel() throws IOException {
            real.close();
        }

        @Override
        protected void implConfigureBlocking(boolean block) throws IOException {
            real.configureBlocking(block);
        }
    }
}
