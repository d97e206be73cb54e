package org.tlac.platform.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A TCP connection's way to a server, which a test can cut and mend, slow down, cut in the middle of an answer, and take away. */
public final class FlakyProxy implements AutoCloseable {

    private static final int BACKLOG = 50;

    private final String host;
    private final int port;
    private final int nearPort;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger refusals = new AtomicInteger();
    private volatile ServerSocket listener;
    private volatile boolean cut;
    private volatile Duration delay = Duration.ZERO;
    private volatile int answerBytes = Integer.MAX_VALUE;

    private FlakyProxy(ServerSocket listener, String host, int port) {
        this.listener = listener;
        this.nearPort = listener.getLocalPort();
        this.host = host;
        this.port = port;
    }

    public static FlakyProxy to(String host, int port) {
        try {
            FlakyProxy wire = new FlakyProxy(listen(0), host, port);
            wire.serve();
            return wire;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ServerSocket listen(int port) throws IOException {
        ServerSocket listener = new ServerSocket();
        // Taken back while connections of before are still in TIME-WAIT.
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
        return listener;
    }

    private void serve() {
        ServerSocket serving = listener;
        Thread.ofVirtual().start(() -> accept(serving));
    }

    /** Where to connect to on the loopback address. */
    public int port() {
        return nearPort;
    }

    /** Breaks what is connected and refuses what comes. */
    public void cut() {
        cut = true;
        sockets.forEach(FlakyProxy::quietlyClose);
    }

    /** Connections refused so far: tells a test that somebody tried. */
    public int refusals() {
        return refusals.get();
    }

    /** Lets whatever the server says wait for so long, piece by piece. */
    public void slow(Duration each) {
        delay = each;
    }

    /** Lets so many bytes of what the server says through on each connection, from now on, and breaks it then. */
    public void halve(int bytes) {
        answerBytes = bytes;
        // Those that have said something already have their answer's beginning behind them.
        sockets.forEach(FlakyProxy::quietlyClose);
    }

    /** Breaks what is connected and lets nobody connect: the system itself refuses. */
    public void refuse() {
        quietlyClose(listener);
        sockets.forEach(FlakyProxy::quietlyClose);
    }

    /** As at the beginning. */
    public void mend() {
        cut = false;
        delay = Duration.ZERO;
        answerBytes = Integer.MAX_VALUE;
        try {
            if (listener.isClosed()) {
                listener = listen(nearPort);
                serve();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        cut();
        quietlyClose(listener);
    }

    private void accept(ServerSocket serving) {
        while (!serving.isClosed()) {
            try {
                Socket near = serving.accept();
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
        Thread.ofVirtual().start(() -> copy(near, far, Way.ASKING));
        Thread.ofVirtual().start(() -> copy(far, near, Way.ANSWERING));
        if (cut) {
            cut();
        }
    }

    private enum Way {
        ASKING,
        ANSWERING
    }

    private void copy(Socket from, Socket to, Way way) {
        try {
            byte[] piece = new byte[16_384];
            int passed = 0;
            for (int count = from.getInputStream().read(piece);
                    count >= 0;
                    count = from.getInputStream().read(piece)) {
                int most = way == Way.ANSWERING ? answerBytes - passed : count;
                if (way == Way.ANSWERING) {
                    Thread.sleep(delay);
                }
                to.getOutputStream().write(piece, 0, Math.min(count, most));
                passed += count;
                if (count > most) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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
