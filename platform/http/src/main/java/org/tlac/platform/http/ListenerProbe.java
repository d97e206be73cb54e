package org.tlac.platform.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a service's own public listener whether it answers, as a client would: a connection, over TLS where that is spoken, and a call. A
 * process that runs, and even answers at its management port, may have a listener that accepts nobody any more.
 */
final class ListenerProbe implements AutoCloseable {

    /** What the listener answers without asking anybody, and without counting it. */
    static final String PATH = "/livez";

    private static final Logger LOG = LoggerFactory.getLogger(ListenerProbe.class);
    private static final Duration PACE = Duration.ofSeconds(1);
    private static final int TIMEOUT_MILLIS = 2000;

    /** A few probes may fail on a busy machine; this many seconds without one that worked are no accident. */
    private static final Duration TRUST = Duration.ofSeconds(8);

    private static final byte[] REQUEST = ("GET " + PATH + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    private static final String ANSWER = "HTTP/1.1 204";

    private static final int OURS = 1;

    private final LongSupplier accepted;
    private final Duration trust;
    private final InetSocketAddress listener;
    private final boolean secured;
    private final SSLContext context;
    private final Thread thread =
            Thread.ofPlatform().name("listener-probe").daemon().unstarted(this::run);
    private volatile long sawItWork = System.nanoTime();
    private volatile boolean up = true;

    /**
     * A probe of a listener.
     *
     * @param host the address that it is bound to; the wildcard is asked at the loopback address
     * @param accepted connections since the start, ours among them
     */
    ListenerProbe(String host, int port, boolean secured, LongSupplier accepted) {
        this(host, port, secured, accepted, TRUST);
    }

    ListenerProbe(String host, int port, boolean secured, LongSupplier accepted, Duration trust) {
        this.accepted = accepted;
        this.trust = trust;
        this.listener = new InetSocketAddress(reachable(host), port);
        this.secured = secured;
        this.context = anyCertificate();
    }

    private static InetAddress reachable(String host) {
        InetAddress address = new InetSocketAddress(host, 0).getAddress();
        return address == null || address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address;
    }

    void start() {
        sawItWork = System.nanoTime();
        thread.start();
    }

    /** Whether the last probe got its answer. */
    boolean up() {
        return up && alive();
    }

    /**
     * Whether it has been answered, or has seen others connect while it waited, within the last seconds: false for a listener that is dead,
     * not for one that is flooded. That connections are served, too, shows the liveness check, which the same threads answer.
     */
    boolean alive() {
        return System.nanoTime() - sawItWork < trust.toNanos();
    }

    private void run() {
        try {
            while (true) {
                probe();
                Thread.sleep(PACE);
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private void probe() {
        long before = accepted.getAsLong();
        try {
            ask();
            sawItWork = System.nanoTime();
            if (!up) {
                LOG.info("The listener at port {} answers again", listener.getPort());
            }
            up = true;
        } catch (IOException e) {
            if (up) {
                LOG.error("The listener at port {} does not answer: {}", listener.getPort(), e.toString());
            }
            up = false;
            if (accepted.getAsLong() - before > OURS) {
                sawItWork = System.nanoTime();
            }
        }
    }

    private void ask() throws IOException {
        try (Socket plain = new Socket()) {
            plain.connect(listener, TIMEOUT_MILLIS);
            plain.setSoTimeout(TIMEOUT_MILLIS);
            if (secured) {
                try (SSLSocket socket = (SSLSocket)
                        context.getSocketFactory().createSocket(plain, "localhost", listener.getPort(), true)) {
                    ask(socket);
                }
            } else {
                ask(plain);
            }
        }
    }

    private static void ask(Socket socket) throws IOException {
        socket.getOutputStream().write(REQUEST);
        String answer = new String(socket.getInputStream().readNBytes(ANSWER.length()), StandardCharsets.US_ASCII);
        if (!answer.equals(ANSWER)) {
            throw new IOException("it answered \"" + answer + "\"");
        }
    }

    /** Whatever certificate the listener shows is ours: this connection does not leave the machine and carries nothing. */
    private static SSLContext anyCertificate() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustAny()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has TLS", e);
        }
    }

    private static final class TrustAny implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
