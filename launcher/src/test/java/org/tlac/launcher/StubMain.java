package org.tlac.launcher;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** The smallest service that the launcher can run: ready at its management port, and gone when its standard input ends. */
public final class StubMain {

    private StubMain() {}

    public static void main(String[] args) throws IOException {
        if (System.getenv().containsKey("STUB_FAILS")) {
            System.exit(3);
        }
        int port = Integer.parseInt(System.getenv("MANAGEMENT_PORT"));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/health/ready", exchange -> {
            exchange.sendResponseHeaders(200, -1);
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
