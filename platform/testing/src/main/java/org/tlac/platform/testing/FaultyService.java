package org.tlac.platform.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A service at one port that answers, or fails in a way which a test decides, from one request to the next. */
public final class FaultyService implements AutoCloseable {

    /** What it answers while it is well. */
    public static final String BODY = "{\"well\":true}";

    private static final byte[] HEAD = ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                    + BODY.length() + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LAST = ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + BODY.length()
                    + "\r\n\r\n" + BODY)
            .getBytes(StandardCharsets.US_ASCII);

    private static final int BACKLOG = 200;
    private static final int PATIENCE_MILLIS = 10_000;
    private static final int PAUSE_MILLIS = 20;

    private final int port;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final List<SocketChannel> fillers = new ArrayList<>();
    private final AtomicInteger requests = new AtomicInteger();
    private volatile Fault fault = Fault.NONE;
    private @Nullable ServerSocket listener;
    private @Nullable Thread accepting;

    /** Ways to fail, each at every request from when it is set. */
    public enum Fault {
        NONE,
        /** Nobody listens. */
        REFUSED,
        /** The machine does not answer to a connection. */
        BLACKHOLED,
        /** Takes the request and says nothing. */
        SILENT,
        /** Sends the head of an answer and no more. */
        HEAD_ONLY,
        /** Sends half of an answer's body and no more. */
        HALF_BODY,
        /** Sends half of an answer's body and closes. */
        TRUNCATED,
        /** Sends a byte of the answer now and then. */
        DRIPPING,
        /** Sends what is not HTTP. */
        GARBAGE,
        /** Sends more than it announced. */
        TOO_MUCH,
        /** Resets the connection in place of an answer. */
        RESET,
        /** Closes the connection in place of an answer. */
        CLOSED,
        /** Answers, and says that this was the connection's last answer. */
        LAST_ANSWER,
        /** Answers, and closes the connection without a word. */
        CLOSED_AFTER,
        /** Answers, and closes its half of the connection. */
        HALF_CLOSED_AFTER
    }

    private FaultyService(int port) {
        this.port = port;
    }

    public static FaultyService start() {
        try {
            FaultyService service = new FaultyService(freePort());
            service.listen(BACKLOG);
            return service;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    public int port() {
        return port;
    }

    /** Requests that arrived whole. */
    public int requests() {
        return requests.get();
    }

    /** From now on this fault; connections stay, but for those that cannot be. */
    public synchronized void fail(Fault how) {
        Fault before = fault;
        fault = how;
        try {
            if (how == Fault.REFUSED || how == Fault.BLACKHOLED) {
                kill();
                if (how == Fault.BLACKHOLED) {
                    fill();
                }
            } else if (before == Fault.REFUSED || before == Fault.BLACKHOLED) {
                kill();
                listen(BACKLOG);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As a process that is killed and started again. */
    public synchronized void restart() {
        try {
            kill();
            listen(BACKLOG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void listen(int backlog) throws IOException {
        ServerSocket made = bound(backlog);
        listener = made;
        if (backlog > 1) {
            accepting = Thread.ofVirtual().start(() -> accept(made));
        }
    }

    /** While nobody listens here, some other connection may have this port for its own end. */
    private ServerSocket bound(int backlog) throws IOException {
        for (int left = PATIENCE_MILLIS; true; left -= PAUSE_MILLIS) {
            ServerSocket made = new ServerSocket();
            try {
                made.setReuseAddress(true);
                made.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), backlog);
                return made;
            } catch (BindException e) {
                made.close();
                if (left <= 0) {
                    throw e;
                }
                LockSupport.parkNanos(Duration.ofMillis(PAUSE_MILLIS).toNanos());
            }
        }
    }

    /** A listener whose queue is full: what else wants to connect gets no answer at all. */
    private void fill() throws IOException {
        listen(1);
        for (int i = 0; i < 8; i++) {
            SocketChannel filler = SocketChannel.open();
            filler.configureBlocking(false);
            filler.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            fillers.add(filler);
        }
    }

    private void kill() throws IOException {
        if (listener != null) {
            listener.close();
        }
        if (accepting != null) {
            // Until it is out of its accept, the port is taken.
            join(accepting);
            accepting = null;
        }
        for (SocketChannel filler : fillers) {
            filler.close();
        }
        fillers.clear();
        connections.forEach(FaultyService::quietlyClose);
        connections.clear();
    }

    private void accept(ServerSocket from) {
        while (!from.isClosed()) {
            try {
                Socket socket = from.accept();
                connections.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (readRequest(in)) {
                requests.incrementAndGet();
                if (!answer(socket)) {
                    return;
                }
            }
        } catch (IOException | InterruptedException e) {
            // The client is gone, or this service is.
        } finally {
            connections.remove(socket);
        }
    }

    /** Whether another request may follow. */
    private boolean answer(Socket socket) throws IOException, InterruptedException {
        OutputStream out = socket.getOutputStream();
        byte[] body = BODY.getBytes(StandardCharsets.US_ASCII);
        switch (fault) {
            case SILENT -> hang(socket);
            case HEAD_ONLY -> {
                out.write(HEAD);
                hang(socket);
            }
            case HALF_BODY, TRUNCATED -> {
                out.write(HEAD);
                out.write(body, 0, body.length / 2);
                if (fault == Fault.HALF_BODY) {
                    hang(socket);
                }
                return false;
            }
            case DRIPPING -> drip(out);
            case GARBAGE -> {
                out.write("SSH-2.0-OpenSSH_9.2p1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                return false;
            }
            case TOO_MUCH -> {
                out.write(HEAD);
                out.write((BODY + "HTTP/1.1 200 OK\r\n\r\nof somebody else").getBytes(StandardCharsets.US_ASCII));
            }
            case RESET -> {
                socket.setSoLinger(true, 0);
                return false;
            }
            case CLOSED, REFUSED, BLACKHOLED -> {
                return false;
            }
            case LAST_ANSWER -> {
                out.write(LAST);
                return false;
            }
            case NONE, CLOSED_AFTER, HALF_CLOSED_AFTER -> {
                out.write(HEAD);
                out.write(body);
                if (fault == Fault.HALF_CLOSED_AFTER) {
                    socket.shutdownOutput();
                }
                return fault != Fault.CLOSED_AFTER;
            }
        }
        return true;
    }

    /** Until the client gives up. */
    private static void hang(Socket socket) throws IOException {
        while (socket.getInputStream().read() >= 0) {
            // Nobody answers that either.
        }
    }

    private static void drip(OutputStream out) throws IOException, InterruptedException {
        for (byte one : HEAD) {
            out.write(one);
            Thread.sleep(300);
        }
    }

    private static boolean readRequest(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int one = in.read();
            if (one < 0) {
                return false;
            }
            head.append((char) one);
        }
        int length = 0;
        for (String line : head.toString().toLowerCase(Locale.ROOT).split("\r\n", -1)) {
            if (line.startsWith("content-length:")) {
                length = Integer.parseInt(
                        line.substring("content-length:".length()).strip());
            }
        }
        in.skipNBytes(length);
        return true;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void quietlyClose(Socket socket) {
        try {
            // As when a process is killed that has not read everything.
            socket.close();
        } catch (IOException e) {
            // Nothing is left to do for it.
        }
    }

    @Override
    public synchronized void close() {
        try {
            kill();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
