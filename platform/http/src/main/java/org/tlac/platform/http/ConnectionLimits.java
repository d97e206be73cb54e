package org.tlac.platform.http;

import io.helidon.config.Config;
import java.time.Duration;

/**
 * How many connections a listener serves, and how long each part of one may take. Keys are below {@code server}.
 *
 * @param max open connections. When they are all taken, a new one takes the place of one that only waits for a request
 * @param reserve connections above {@code max} for health checks, metrics, sign-in and admins; whoever else gets one is answered 503
 * @param maxPerAddress open connections of one client address, except of trusted proxies and of this machine. A school behind one address
 *     is one address
 * @param maxCalls requests that are answered at the same time; one more is answered 503
 * @param handshake from the connection's first moment to the end of its TLS handshake
 * @param head from the first byte of a request to the last of its head
 * @param read for the next part of a body; the whole of it has {@code server.bodytimeout}
 * @param idle between two requests
 * @param write for the client to take the next {@value Connection#WRITE_SLICE} bytes of an answer
 * @param linger after the last answer, for what the client still sends to be read and thrown away: a connection that is closed over unread
 *     input is reset, and the answer lost
 * @param lingerBytes thrown away at most
 */
public record ConnectionLimits(
        int max,
        int reserve,
        int maxPerAddress,
        int maxCalls,
        Duration handshake,
        Duration head,
        Duration read,
        Duration idle,
        Duration write,
        Duration linger,
        long lingerBytes) {

    /** For a service behind the gateway, and what a listener has that says nothing else. */
    public static final ConnectionLimits DEFAULT = new ConnectionLimits(
            1000,
            50,
            1000,
            1000,
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(20),
            Duration.ofSeconds(5),
            32L << 20);

    public ConnectionLimits {
        positive("server.maxconnections", max);
        notNegative("server.reservedconnections", reserve);
        positive("server.maxconnectionsperaddress", maxPerAddress);
        positive("server.maxcalls", maxCalls);
        positive("server.handshaketimeout", handshake.toMillis());
        positive("server.headtimeout", head.toMillis());
        positive("server.readtimeout", read.toMillis());
        positive("server.idletimeout", idle.toMillis());
        positive("server.writetimeout", write.toMillis());
        notNegative("server.lingertimeout", linger.toMillis());
        notNegative("server.lingerbytes", lingerBytes);
    }

    /** @param server the part of the configuration below {@code server} */
    static ConnectionLimits from(Config server) {
        return new ConnectionLimits(
                server.get("maxconnections").asInt().orElse(DEFAULT.max),
                server.get("reservedconnections").asInt().orElse(DEFAULT.reserve),
                server.get("maxconnectionsperaddress").asInt().orElse(DEFAULT.maxPerAddress),
                server.get("maxcalls").asInt().orElse(DEFAULT.maxCalls),
                duration(server, "handshaketimeout", DEFAULT.handshake),
                duration(server, "headtimeout", DEFAULT.head),
                duration(server, "readtimeout", DEFAULT.read),
                duration(server, "idletimeout", DEFAULT.idle),
                duration(server, "writetimeout", DEFAULT.write),
                duration(server, "lingertimeout", DEFAULT.linger),
                server.get("lingerbytes").asLong().orElse(DEFAULT.lingerBytes));
    }

    /** The same limits with other times to wait for a client: for a head or the next part of a body, and between two requests. */
    public ConnectionLimits within(Duration reading, Duration between) {
        return new ConnectionLimits(
                max,
                reserve,
                maxPerAddress,
                maxCalls,
                handshake,
                reading,
                reading,
                between,
                write,
                linger,
                lingerBytes);
    }

    /** The same limits with another time for a client to take the next part of an answer. */
    public ConnectionLimits taking(Duration writing) {
        return new ConnectionLimits(
                max, reserve, maxPerAddress, maxCalls, handshake, head, read, idle, writing, linger, lingerBytes);
    }

    /** The same times with other numbers. */
    public ConnectionLimits atMost(int connections, int reserved, int perAddress, int calls) {
        return new ConnectionLimits(
                connections, reserved, perAddress, calls, handshake, head, read, idle, write, linger, lingerBytes);
    }

    /** Answers at once that wait for their clients to take more: a quarter of all. Beyond, who has waited longest is closed. */
    int maxStalled() {
        return Math.max(1, maxCalls / 4);
    }

    private static Duration duration(Config server, String key, Duration otherwise) {
        return server.get(key).as(Duration.class).orElse(otherwise);
    }

    private static void positive(String key, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(key + " must be greater than 0, not " + value);
        }
    }

    private static void notNegative(String key, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(key + " must not be less than 0, not " + value);
        }
    }
}
