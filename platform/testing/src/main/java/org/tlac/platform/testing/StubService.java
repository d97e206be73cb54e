package org.tlac.platform.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A service that is not the one under test, with answers that a test decides. */
public final class StubService implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads;
    private volatile HttpHandler handler;

    private StubService(HttpServer server, ExecutorService threads, HttpHandler handler) {
        this.server = server;
        this.threads = threads;
        this.handler = handler;
    }

    public static StubService start(HttpHandler handler) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
            server.setExecutor(threads);
            StubService stub = new StubService(server, threads, handler);
            server.createContext("/", exchange -> stub.handler.handle(exchange));
            server.start();
            return stub;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Always the same answer, as JSON. */
    public static StubService answering(int status, String body) {
        return start(exchange -> reply(exchange, status, body));
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** From now on another answer. */
    public void answer(HttpHandler next) {
        handler = next;
    }

    /** Sends JSON and ends the exchange. */
    public static void reply(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** Takes a request and never answers it; its connection stays open until the stub is closed. */
    public static HttpHandler hanging() {
        return exchange -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                // The stub is being closed.
                Thread.currentThread().interrupt();
            }
        };
    }

    /** Closes the connection in place of an answer. */
    public static HttpHandler closing() {
        return HttpExchange::close;
    }

    /** Sends the head of an answer and half of its body, and no more. */
    public static HttpHandler stalling(int status, String body) {
        return exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
            exchange.getResponseBody().flush();
            hanging().handle(exchange);
        };
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
