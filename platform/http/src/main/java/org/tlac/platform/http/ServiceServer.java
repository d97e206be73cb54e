package org.tlac.platform.http;

import io.helidon.common.tls.Tls;
import io.helidon.http.DirectHandler;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.observe.ObserveFeature;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Counter;
import org.tlac.platform.metrics.Metrics;

/**
 * A running service: a public listener with its routes, a management listener with health and metrics, and the order in which it all
 * stops. HTTP/1.1 only.
 */
public final class ServiceServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ServiceServer.class);

    /** How long what was answered may take to leave. */
    private static final Duration LAST_BYTES = Duration.ofSeconds(2);

    private static final String MANAGEMENT = "management";

    private final WebServer server;
    private final Health health;
    private final ServerConfig config;
    private final InFlight inFlight;
    private final ConnectionSweeper sweeper;
    private final List<Runnable> shutdownHooks;
    private final List<AutoCloseable> closeables;
    private @Nullable ListenerProbe probe;

    private ServiceServer(
            WebServer server,
            Health health,
            ServerConfig config,
            InFlight inFlight,
            ConnectionSweeper sweeper,
            List<Runnable> shutdownHooks,
            List<AutoCloseable> closeables) {
        this.server = server;
        this.health = health;
        this.config = config;
        this.inFlight = inFlight;
        this.sweeper = sweeper;
        this.shutdownHooks = List.copyOf(shutdownHooks);
        this.closeables = List.copyOf(closeables);
    }

    public static Builder builder(ServerConfig config, Metrics metrics) {
        return new Builder(config, metrics);
    }

    /** The port of the public listener, also when any free one was asked for. */
    public int port() {
        return server.port();
    }

    public int managementPort() {
        return server.port(MANAGEMENT);
    }

    public int port(String listener) {
        return server.port(listener);
    }

    /** Says "not ready", keeps answering for the drain time, lets calls in progress finish, then closes what the service uses. */
    @Override
    public void close() {
        health.stopping();
        try {
            Thread.sleep(config.drain());
            if (probe != null) {
                probe.close();
            }
            shutdownHooks.forEach(Runnable::run);
            Thread stopping = Thread.ofVirtual().start(server::stop);
            inFlight.awaitNone(config.grace());
            sweeper.endReading();
            stopping.join(LAST_BYTES);
            sweeper.closeAll();
            stopping.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sweeper.close();
        for (AutoCloseable closeable : closeables.reversed()) {
            try {
                closeable.close();
            } catch (Exception e) {
                LOG.warn("Could not close {}", closeable.getClass().getSimpleName(), e);
            }
        }
    }

    public static final class Builder {

        private final ServerConfig config;
        private final Metrics metrics;
        private final HttpMetrics httpMetrics;
        private final InFlight inFlight = new InFlight();
        private final ConnectionSweeper sweeper = new ConnectionSweeper();
        private final Map<String, BooleanSupplier> checks = new LinkedHashMap<>();
        private final Map<String, Supplier<String>> facts = new LinkedHashMap<>();
        private final List<Runnable> shutdownHooks = new ArrayList<>();
        private final List<AutoCloseable> closeables = new ArrayList<>();
        private final Map<String, Extra> extras = new LinkedHashMap<>();
        private Routes routes = Routes.of();
        private Routes managementRoutes = Routes.of();
        private Authentication authentication = Authentication.NONE;
        private List<Reply.Header> headers = List.of(new Reply.Header("Cache-Control", "no-store"));
        private Consumer<ListenerConfig.BuilderBase<?, ?>> customize = listener -> {};
        private RefusalPage refusals = RefusalPage.NONE;
        private boolean edge;
        private Predicate<InetAddress> trustedPeers = address -> false;
        private @Nullable Tls tls;

        private record Extra(int port, Routes routes) {}

        private Builder(ServerConfig config, Metrics metrics) {
            this.config = config;
            this.metrics = metrics;
            this.httpMetrics = new HttpMetrics(metrics);
        }

        public Builder routes(Routes table) {
            routes = routes.and(table);
            return this;
        }

        /** Routes beside health and metrics, on the listener that the public side cannot reach; they authenticate for themselves. */
        public Builder management(Routes table) {
            managementRoutes = managementRoutes.and(table);
            return this;
        }

        public Builder authentication(Authentication how) {
            authentication = how;
            return this;
        }

        /** A part that the service cannot work without; asked at each probe, so it must answer quickly. */
        public Builder readiness(String name, BooleanSupplier check) {
            checks.put(name, check);
            return this;
        }

        /** One more check in readiness's answer, which always passes and tells this: how well the service can do its work. */
        public Builder healthDetail(String name, Supplier<String> fact) {
            facts.put(name, fact);
            return this;
        }

        /** Run when the service stops, before it waits for calls in progress: ends those that would not end by themselves. */
        public Builder shutdownHook(Runnable hook) {
            shutdownHooks.add(hook);
            return this;
        }

        /** What to close after the last call was answered; the last one given is closed first. */
        public Builder closing(AutoCloseable closeable) {
            closeables.add(closeable);
            return this;
        }

        public Builder tls(Tls certificate) {
            tls = certificate;
            return this;
        }

        /** Says that strangers connect here, not services of ours. */
        public Builder edge() {
            edge = true;
            return this;
        }

        /** Who may open any number of connections, as a proxy does for everybody behind it. */
        public Builder trustedPeers(Predicate<InetAddress> proxies) {
            trustedPeers = proxies;
            return this;
        }

        /** Headers of every answer that does not set them itself. */
        public Builder headers(List<Reply.Header> defaults) {
            headers = List.copyOf(defaults);
            return this;
        }

        /** What browsers get in place of a refusal in JSON. */
        public Builder refusals(RefusalPage page) {
            refusals = page;
            return this;
        }

        /** Settings of every listener that only the caller's version of Helidon has. */
        public Builder listeners(Consumer<ListenerConfig.BuilderBase<?, ?>> settings) {
            customize = settings;
            return this;
        }

        /** One more plain listener on the public host. */
        public Builder listener(String name, int port, Routes table) {
            extras.put(name, new Extra(port, table));
            return this;
        }

        /** @throws IllegalStateException when a port is taken; everything given to {@link #closing} is closed then */
        public ServiceServer start() {
            Health health = new Health(checks, facts);
            Connections clients = connections(tls != null);
            WebServerConfig.Builder server =
                    WebServer.builder().shutdownHook(false).host(config.host()).port(config.port());
            server.addRouting(routing(routes, clients, authentication));
            listener(server, clients);
            server.featuresDiscoverServices(false)
                    .addFeature(ObserveFeature.builder()
                            .endpoint("/")
                            .sockets(List.of(MANAGEMENT))
                            .observersDiscoverServices(false)
                            .addObserver(health)
                            .addObserver(new MetricsEndpoint(metrics))
                            .build());
            if (tls != null) {
                server.tls(ClosingTls.over(tls, clients::secured));
            }
            server.putSocket(MANAGEMENT, management());
            extras.forEach((name, extra) -> server.putSocket(name, extra(extra)));
            ServiceServer started =
                    new ServiceServer(server.build(), health, config, inFlight, sweeper, shutdownHooks, closeables);
            try {
                started.server.start();
            } catch (RuntimeException e) {
                started.close();
                throw e;
            }
            sweeper.start();
            ListenerProbe probe = new ListenerProbe(config.host(), started.port(), tls != null, clients::accepted);
            health.live(probe::alive);
            started.probe = probe;
            probe.start();
            health.started();
            metrics.gauge(Catalogue.LISTENER_UP, () -> probe.up() ? 1 : 0);
            if (edge) {
                metrics.gauge(Catalogue.CONNECTIONS_OPEN, sweeper::openToClients);
                metrics.gauge(Catalogue.CONNECTIONS_MAX, sweeper::mostToClients);
            }
            return started;
        }

        /** The connections of a listener that strangers reach, or services of ours. */
        private Connections connections(boolean secured) {
            if (!edge) {
                return sweeper.add(new Connections(config.connections(), secured, trustedPeers, reason -> {}));
            }
            Counter refused = metrics.counter(Catalogue.CONNECTIONS_REFUSED);
            return sweeper.add(new Connections(config.connections(), secured, trustedPeers, refused::increment));
        }

        private ListenerConfig management() {
            ListenerConfig.Builder listener =
                    ListenerConfig.builder().host(config.managementHost()).port(config.managementPort());
            Connections connections =
                    sweeper.addManagement(new Connections(ConnectionLimits.DEFAULT, false, any -> true, reason -> {}));
            listener(listener, connections);
            return listener.addRouting(
                            HttpRouting.builder().addFeature(new ManagementFeature(managementRoutes, connections)))
                    .build();
        }

        private ListenerConfig extra(Extra extra) {
            ListenerConfig.Builder listener =
                    ListenerConfig.builder().host(config.host()).port(extra.port());
            Connections clients = connections(false);
            listener(listener, clients);
            return listener.addRouting(routing(extra.routes(), clients, Authentication.NONE))
                    .build();
        }

        private HttpRouting.Builder routing(Routes table, Connections clients, Authentication who) {
            // Cached: their bytes are made and checked once, not with every answer.
            List<Header> always = headers.stream()
                    .map(header -> HeaderValues.createCached(header.name(), header.value()))
                    .toList();
            ReplyWriter replies = new ReplyWriter(always);
            ErrorRenderer errors = new ErrorRenderer(httpMetrics, replies, refusals);
            Listener listener = new Listener(clients, who, edge, config.bodies(!edge));
            HttpRouting.Builder routing = HttpRouting.builder();
            new RequestFilters(listener, httpMetrics, inFlight, errors).setup(routing);
            who.setup(routing);
            routing.error(Exception.class, errors);
            new RoutesFeature(table, httpMetrics, replies).setup(routing);
            return routing;
        }

        private void listener(ListenerConfig.BuilderBase<?, ?> listener, Connections connections) {
            Http1Config http1 = Http1Config.builder()
                    .maxHeadersSize(config.maxHeaderBytes())
                    .maxPrologueLength(4096)
                    .receiveLog(false)
                    .sendLog(false)
                    .build();
            listener.maxPayloadSize(config.maxBodyBytes())
                    // Connections bounds them: Helidon's own limit makes everybody wait at the door, health checks too.
                    .maxTcpConnections(-1)
                    .shutdownGracePeriod(config.grace())
                    .connectionOptions(connections)
                    .protocolsDiscoverServices(false)
                    .addConnectionSelector(new TrackedHttp1(http1, connections, config.bodyTimeout()))
                    .directHandlers(preRouting());
            customize.accept(listener);
        }

        /** What the server's parser refuses before any route is known gets the same form as every other error. */
        private DirectHandlers preRouting() {
            DirectHandlers.Builder handlers = DirectHandlers.builder();
            for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
                handlers.addHandler(type, (request, event, status, responseHeaders, message) -> {
                    httpMetrics.answered(request.method(), HttpMetrics.UNMATCHED, status.code());
                    return refusal(status, responseHeaders);
                });
            }
            return handlers.build();
        }

        private static DirectHandler.TransportResponse refusal(Status status, ServerResponseHeaders headers) {
            Reply reply = ErrorReply.detail(
                    status.code(),
                    switch (status.code()) {
                        case 413 -> "The body is too large.";
                        case 414 -> "The address is too long.";
                        default -> status.code() >= 500 ? "Something went wrong." : "Bad request.";
                    });
            headers.set(HeaderNames.CONTENT_TYPE, Reply.JSON_TYPE);
            return DirectHandler.TransportResponse.builder()
                    .status(status)
                    .headers(headers)
                    .keepAlive(false)
                    .entity(reply.body())
                    .build();
        }
    }
}
