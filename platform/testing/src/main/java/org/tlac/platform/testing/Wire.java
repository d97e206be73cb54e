package org.tlac.platform.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A TCP connection's way to a server, which a test can cut and mend. */
public final class Wire implements AutoCloseable {

    private final ServerSocket listener;
    private final String host;
    private final int port;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger refusals = new AtomicInteger();
    private volatile boolean cut;

    private Wire(ServerSocket listener, String host, int port) {
        this.listener = listener;
        this.host = host;
        this.port = port;
    }

    public static Wire to(String host, int port) {
        try {
            Wire wire = new Wire(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), host, port);
            Thread.ofVirtual().start(wire::accept);
            return wire;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where to connect to on the loopback address. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Breaks what is connected and refuses what comes. */
    public void cut() {
        cut = true;
        sockets.forEach(Wire::quietlyClose);
    }

    /** Connections refused so far: tells a test that somebody tried. */
    public int refusals() {
        return refusals.get();
    }

    public void mend() {
        cut = false;
    }

    @Override
    public void close() {
        cut();
        quietlyClose(listener);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket near = listener.accept();
                if (cut) {
                    near.close();
                    refusals.incrementAndGet();
                } else {
                    join(near);
                }
            } catch (IOException e) {
                // The listener is closed, which ends the loop, or one connection failed, which its client notices.
            }
        }
    }

    private void join(Socket near) throws IOException {
        Socket far;
        try {
            far = new Socket(InetAddress.getByName(host), port);
        } catch (IOException e) {
            near.close();
            throw e;
        }
        sockets.add(near);
        sockets.add(far);
        Thread.ofVirtual().start(() -> copy(near, far));
        Thread.ofVirtual().start(() -> copy(far, near));
        if (cut) {
            cut();
        }
    }

    private void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // Either end is gone: both ends go.
        } finally {
            quietlyClose(from);
            quietlyClose(to);
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private static void quietlyClose(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // Nothing is left to do for it.
        }
    }
}
