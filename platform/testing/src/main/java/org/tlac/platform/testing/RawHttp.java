package org.tlac.platform.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.SocketFactory;

/** Bytes on a socket, as no well-behaved client would send them, and all that comes back. */
public final class RawHttp {

    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 ([0-9]{3})[^\r\n]*\r\n");

    private final SocketFactory sockets;
    private final int port;
    private final Duration patience;

    /** @param patience how long to wait, in all, for the server to close */
    public RawHttp(SocketFactory sockets, int port, Duration patience) {
        this.sockets = sockets;
        this.port = port;
        this.patience = patience;
    }

    /** What came back, and whether the server closed the connection within the patience. */
    public record Answer(String text, boolean closed) {

        /** The status of each answer in it. */
        public List<Integer> statuses() {
            List<Integer> statuses = new ArrayList<>();
            Matcher line = STATUS_LINE.matcher(text);
            while (line.find()) {
                statuses.add(Integer.parseInt(line.group(1)));
            }
            return statuses;
        }
    }

    /** Sends these characters as single bytes and reads until the server closes. */
    public Answer send(String bytes) {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        try (Socket socket = sockets.createSocket(InetAddress.getLoopbackAddress(), port)) {
            boolean closed = exchange(socket, bytes, received);
            return new Answer(received.toString(StandardCharsets.ISO_8859_1), closed);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot connect", e);
        }
    }

    private boolean exchange(Socket socket, String bytes, ByteArrayOutputStream received) {
        long deadline = System.nanoTime() + patience.toNanos();
        byte[] buffer = new byte[8192];
        try {
            // Also bounds a TLS handshake that the first write begins.
            socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            while (true) {
                long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
                if (left <= 0) {
                    return false;
                }
                socket.setSoTimeout(Math.toIntExact(left));
                int count = socket.getInputStream().read(buffer);
                if (count < 0) {
                    return true;
                }
                received.write(buffer, 0, count);
            }
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            // Reset while we were still sending: closed is closed.
            return true;
        }
    }
}
