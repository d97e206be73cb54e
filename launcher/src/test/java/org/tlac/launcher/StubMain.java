package org.tlac.launcher;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** The smallest service that the launcher can run: ready at its management port, and gone when its standard input ends. */
public final class StubMain {

    private StubMain() {}

    /** Services by the names of failing, full and mute show what their names say. */
    public static void main(String[] args) throws IOException {
        String name = System.getenv("STUB");
        if (name.equals("failing")) {
            System.out.println("{\"level\":\"ERROR\",\"formattedMessage\":\"a key is missing\"}");
            System.exit(3);
        }
        if (name.equals("full")) {
            System.out.println("java.io.IOException: No space left on device");
            System.exit(2);
        }
        int port = Integer.parseInt(System.getenv("MANAGEMENT_PORT"));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        int answer = name.equals("mute") ? 503 : 200;
        server.createContext("/health/ready", exchange -> {
            exchange.sendResponseHeaders(answer, -1);
            exchange.close();
        });
        server.start();
        System.out.println("stub started");
        while (System.in.read() >= 0) {
            // Only its end matters.
        }
        System.exit(0);
    }
}
