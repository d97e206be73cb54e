package org.tlac.gateway;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.tlac.platform.testing.StubService;

/** A replica of the runner as the gateway sees it: it names programs as it is told to and sends the events that a test puts in. */
final class StubRunner implements AutoCloseable {

    static final String RANDOM = "R".repeat(32);
    private static final String END = "end";

    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    final ConcurrentLinkedDeque<TestGateway.Received> received = new ConcurrentLinkedDeque<>();
    final CountDownLatch streamEnded = new CountDownLatch(1);
    final AtomicLong sent = new AtomicLong();
    private final StubService service = StubService.start(this::serve);

    URI uri() {
        return service.uri();
    }

    private void serve(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String target = exchange.getRequestURI().toString();
        var headers = java.util.Map.copyOf(exchange.getRequestHeaders());
        received.add(new TestGateway.Received(exchange.getRequestMethod(), target, headers, body));
        if (target.equals("/api/python/session")) {
            String name = headers.getOrDefault("X-tlac-replica", List.of("")).getFirst();
            StubService.reply(exchange, 201, "{\"id\":\"" + name + "." + RANDOM + "\"}");
        } else if (target.endsWith("/events")) {
            stream(exchange);
        } else {
            StubService.reply(exchange, 200, "{\"ok\":true}");
        }
    }

    private void stream(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            while (true) {
                String event = events.poll(20, TimeUnit.MILLISECONDS);
                if (END.equals(event)) {
                    return;
                }
                byte[] bytes = (event == null ? ": \n\n" : event).getBytes(StandardCharsets.UTF_8);
                out.write(bytes);
                out.flush();
                sent.addAndGet(bytes.length);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            streamEnded.countDown();
        }
    }

    void endStream() {
        events.add(END);
    }

    @Override
    public void close() {
        service.close();
    }
}
