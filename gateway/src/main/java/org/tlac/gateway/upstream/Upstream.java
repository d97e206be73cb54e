package org.tlac.gateway.upstream;

import io.helidon.common.concurrency.limits.LimitAlgorithm.Token;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.tlac.gateway.upstream.ServiceClient.Answer;
import org.tlac.gateway.upstream.ServiceClient.Patience;
import org.tlac.gateway.upstream.ServiceClient.Request;
import org.tlac.gateway.upstream.ServiceClient.Streamed;
import org.tlac.platform.http.Reply;
import org.tlac.platform.identity.ServiceSecret;
import org.tlac.platform.metrics.ServiceName;

/**
 * A service behind the gateway, and the two ways to be somebody there: as a signed-in user, or as the gateway itself. It has places,
 * connections and a circuit breaker of its own, so that one service which hangs costs the callers of others nothing.
 */
public final class Upstream implements AutoCloseable {

    private static final String AUTHORIZATION = "Authorization";

    private final Shared shared;
    private final Patience patience;

    /** What all ways to call a service have in common. */
    private record Shared(
            ServiceClient client,
            ServiceSecret secret,
            UpstreamConfig config,
            Places calls,
            Places streams,
            Circuit circuit,
            ExecutorService threads) {}

    /** @param name what messages to clients call it */
    public Upstream(String name, URI base, ServiceSecret secret, UpstreamConfig config, ConnectionWatch watch) {
        ServiceClient.Config client = config.client(name, base);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        this.patience = client.patience();
        this.shared = new Shared(
                new ServiceClient(client, watch),
                secret,
                config,
                new Places(name, config.calls(), config.queue(), config.queueTimeout()),
                new Places(name, config.streams(), 0, config.queueTimeout()),
                new Circuit(name, config.breaker(), threads),
                threads);
    }

    private Upstream(Shared shared, Patience patience) {
        this.shared = shared;
        this.patience = patience;
    }

    /** The same service, for calls that take as long as a pupil's program does. */
    public Upstream running() {
        return new Upstream(shared, shared.config().forRuns());
    }

    /** @param token the internal token of a signed-in user */
    public Answer asUser(Request request, String token) {
        return asUser(request, token, Upstream::anySize);
    }

    private static void anySize(long bytes) {}

    /** @param room told how much memory the answer will take, before it is read */
    public Answer asUser(Request request, String token, LongConsumer room) {
        return send(request.with(AUTHORIZATION, "Bearer " + token), room);
    }

    /** As {@link #asUser}, for an answer that is read while it arrives; close its body. */
    public Streamed openAsUser(Request request, String token) {
        Request full = request.with(AUTHORIZATION, "Bearer " + token);
        long start = System.nanoTime();
        Token place = shared.streams().take();
        boolean opened = false;
        try {
            Streamed answer = guarded(() -> shared.client().open(full, start, patience));
            opened = true;
            return new Streamed(answer.status(), answer.headers(), new Placed(answer.body(), place));
        } finally {
            if (!opened) {
                place.success();
            }
        }
    }

    /** @param clientAddress on whose behalf, for lockouts and the audit log */
    public Answer asGateway(Request request, String clientAddress) {
        return send(
                request.with(
                        new Reply.Header(AUTHORIZATION, shared.secret().bearer()),
                        new Reply.Header(ServiceSecret.NAME_HEADER, ServiceName.GATEWAY.id()),
                        new Reply.Header(ServiceSecret.CLIENT_ADDRESS_HEADER, clientAddress)),
                Upstream::anySize);
    }

    private Answer send(Request request, LongConsumer room) {
        long start = System.nanoTime();
        Token place = shared.calls().take();
        try {
            return guarded(() -> shared.client().send(request, start, patience, room));
        } finally {
            place.success();
        }
    }

    private <T> T guarded(Supplier<T> call) {
        return shared.circuit().call(this::probe, call);
    }

    /** Any answer will do, and none of ours answers there with more than "not found". */
    private void probe() {
        shared.client()
                .send(
                        Request.get("/"),
                        System.nanoTime(),
                        Patience.of(shared.config().breaker().probe()),
                        Upstream::anySize);
    }

    /** A body whose place is given back when it is closed. */
    private static final class Placed extends FilterInputStream {

        private final Token place;
        private final AtomicBoolean open = new AtomicBoolean(true);

        Placed(InputStream body, Token place) {
            super(body);
            this.place = place;
        }

        @Override
        public void close() throws IOException {
            if (open.getAndSet(false)) {
                try {
                    super.close();
                } finally {
                    place.success();
                }
            }
        }
    }

    @Override
    public void close() {
        shared.client().close();
        shared.threads().shutdownNow();
    }
}
