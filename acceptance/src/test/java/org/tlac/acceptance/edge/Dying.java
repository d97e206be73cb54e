package org.tlac.acceptance.edge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Stands for a service that dies in the middle of each answer: without a word, in its head, in its body, with a reset. */
public final class Dying implements AutoCloseable {

    private static final String HEAD =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n";
    private static final List<String> LAST_WORDS =
            List.of("", "HTTP/1.1 200 OK\r\nContent-Ty", HEAD, HEAD + "{\"items\":[");

    private final ServerSocket listener;

    public Dying() {
        try {
            listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    public String url() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    private void accept() {
        for (int i = 0; !listener.isClosed(); i++) {
            try {
                Socket caller = listener.accept();
                int turn = i;
                Thread.ofVirtual().start(() -> die(caller, turn));
            } catch (IOException e) {
                // The listener is closed, which ends the loop.
            }
        }
    }

    private static void die(Socket caller, int turn) {
        try (caller) {
            byte[] some = new byte[8192];
            if (caller.getInputStream().read(some) > 0) {
                caller.getOutputStream()
                        .write(LAST_WORDS.get(turn % LAST_WORDS.size()).getBytes(StandardCharsets.ISO_8859_1));
            }
            // Every other one with a reset.
            caller.setSoLinger(turn / LAST_WORDS.size() % 2 == 0, 0);
        } catch (IOException e) {
            // The caller was gone first.
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
