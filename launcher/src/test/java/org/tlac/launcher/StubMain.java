package org.tlac.launcher;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** The smallest service that the launcher can run: ready at its management port, and gone when its standard input ends. */
public final class StubMain {

    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private StubMain() {}

    /** Services by the names of failing, full, mute, late and deaf show what their names say. */
    public static void main(String[] args) throws IOException {
        String name = System.getenv("STUB");
        if (name.equals("failing")) {
            System.out.println("{\"level\":\"ERROR\",\"message\":\"a key is missing\"}");
            System.exit(3);
        }
        if (name.equals("full")) {
            System.out.println("java.io.IOException: No space left on device");
            System.exit(2);
        }
        int port = Integer.parseInt(System.getenv("MANAGEMENT_PORT"));
        long start = System.nanoTime();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        answer(server, "/health/ready", name, start);
        answer(server, "/health/live", name.equals("deaf") ? "mute" : name, start);
        server.start();
        System.out.println("stub started");
        while (System.in.read() >= 0) {
            // Only its end matters.
        }
        System.exit(0);
    }

    private static void answer(HttpServer server, String path, String name, long start) {
        server.createContext(path, exchange -> {
            boolean yet = !name.equals("late") || System.nanoTime() - start > LATE_NANOS;
            exchange.sendResponseHeaders(yet && !name.equals("mute") ? 200 : 503, -1);
            exchange.close();
        });
    }
}
