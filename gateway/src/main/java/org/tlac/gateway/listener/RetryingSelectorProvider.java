package org.tlac.gateway.listener;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's channels, except that listening ones are {@link RetryingServerSocketChannel}s. Helidon 4.5.0 ends a listener for good when one
 * {@code accept} fails ({@code ServerListener.listen}), as it does while the process or the machine has no free descriptor, and opens its
 * socket with {@code ServerSocketChannel.open()}, which leaves no other place to change that.
 */
public final class RetryingSelectorProvider extends SelectorProvider {

    private final SelectorProvider jdk;

    /** For the JDK, which makes one when it first needs a channel. */
    public RetryingSelectorProvider() {
        this.jdk = jdks();
    }

    /** Makes this the provider of all channels. To be called before the first one is opened; later calls do nothing. */
    public static void install() {
        System.setProperty(SelectorProvider.class.getName(), RetryingSelectorProvider.class.getName());
    }

    /** The JDK names its own provider nowhere in public; the manifest of the program exports its package to us. */
    private static SelectorProvider jdks() {
        try {
            return (SelectorProvider) Class.forName("sun.nio.ch.DefaultSelectorProvider")
                    .getMethod("get")
                    .invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Start with --add-exports java.base/sun.nio.ch=ALL-UNNAMED", e);
        }
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException {
        return new RetryingServerSocketChannel(this, jdk.openServerSocketChannel());
    }

    @Override
    public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
        return new RetryingServerSocketChannel(this, jdk.openServerSocketChannel(family));
    }

    @Override
    public SocketChannel openSocketChannel() throws IOException {
        return jdk.openSocketChannel();
    }

    @Override
    public SocketChannel openSocketChannel(ProtocolFamily family) throws IOException {
        return jdk.openSocketChannel(family);
    }

    @Override
    public DatagramChannel openDatagramChannel() throws IOException {
        return jdk.openDatagramChannel();
    }

    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
        return jdk.openDatagramChannel(family);
    }

    @Override
    public Pipe openPipe() throws IOException {
        return jdk.openPipe();
    }

    @Override
    public AbstractSelector openSelector() throws IOException {
        return jdk.openSelector();
    }

    @Override
    public @Nullable Channel inheritedChannel() throws IOException {
        return jdk.inheritedChannel();
    }
}
