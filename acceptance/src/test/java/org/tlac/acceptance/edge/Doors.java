package org.tlac.acceptance.edge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocketFactory;

/** The listeners of a TLAC, and what one does at any of them; each gives a word for what came of it. */
final class Doors {

    /** Longer than any listener waits for a client (10 s at the gateway, 30 s at a service). */
    static final Duration PATIENCE = Duration.ofSeconds(45);

    static final String CLOSE = "Connection: close\r\n\r\n";

    /** How soon a connection is closed that its client asked to close. */
    private static final Duration CLOSING = Duration.ofSeconds(3);

    private final Target target;
    private final SSLContext context;
    private final SSLSocketFactory factory;
    private final AtomicInteger turn = new AtomicInteger();

    Doors(Target target) {
        this.target = target;
        this.context = target.trust();
        this.factory = context.getSocketFactory();
    }

    Line tls() throws IOException {
        // Mostly resumed sessions, and now and then a new handshake of the newest kind.
        String protocol = ThreadLocalRandom.current().nextInt(8) == 0 ? "TLSv1.3" : "TLSv1.2";
        return Line.tls(factory, protocol, target.https(), PATIENCE);
    }

    /** The gateway's HTTPS listener without TLS. */
    Line edge() throws IOException {
        return plain(target.https());
    }

    Line redirect() throws IOException {
        return plain(target.redirect());
    }

    Line management() throws IOException {
        return plain(target.management(Math.floorMod(turn.getAndIncrement(), Target.SERVICES.size() + 1)));
    }

    Line service() throws IOException {
        return plain(target.service(1 + Math.floorMod(turn.getAndIncrement(), Target.SERVICES.size())));
    }

    private static Line plain(int port) throws IOException {
        return Line.plain(port, PATIENCE);
    }

    /** Asks for the connection to be closed after the answer. */
    static String closing(Line opened, String head) throws IOException {
        try (Line line = opened) {
            String status = line.send(head + CLOSE).status();
            return line.closesWithin(CLOSING) ? status : status + " stays open";
        }
    }

    static String idle(Line opened, String head) throws IOException {
        try (Line line = opened) {
            String status = line.send(head + "\r\n").status();
            return line.closesWithin(PATIENCE) ? status + " closed" : status + " stays open";
        }
    }

    /** Says no more and waits for what the server makes of it. */
    static String waited(Line opened) throws IOException {
        try (Line line = opened) {
            String status = line.status();
            if (status.equals("closed")) {
                return status;
            }
            return line.closesWithin(CLOSING) ? status + " closed" : status + " stays open";
        }
    }

    static String reset(Line opened, String bytes) throws IOException {
        try (Line line = opened) {
            line.send(bytes).reset();
            return "reset";
        }
    }

    /** Of bytes that are no TLS which the server speaks: an alert at most. */
    String unanswered(String bytes) throws IOException {
        try (Line line = plain(target.https())) {
            line.send(bytes);
            return line.closesWithin(CLOSING) ? "closed" : "stays open";
        }
    }

    String silent(byte[] bytes) throws IOException {
        try (Line line = plain(target.https())) {
            line.send(bytes);
            return line.closesWithin(PATIENCE) ? "closed" : "stays open";
        }
    }

    /** The first record of a client that knows what it does. */
    byte[] hello() throws IOException {
        SSLEngine engine = context.createSSLEngine("localhost", target.https());
        engine.setUseClientMode(true);
        ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), record);
        byte[] bytes = new byte[record.position()];
        record.flip().get(bytes);
        return bytes;
    }
}
