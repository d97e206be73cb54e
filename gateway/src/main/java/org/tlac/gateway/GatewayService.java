package org.tlac.gateway;

import io.helidon.common.configurable.Resource;
import io.helidon.common.pki.Keys;
import io.helidon.common.tls.Tls;
import io.helidon.config.Config;
import java.time.InstantSource;
import java.util.Objects;
import org.tlac.gateway.edge.Compression;
import org.tlac.gateway.edge.CsrfGuard;
import org.tlac.gateway.edge.RateLimitGossip;
import org.tlac.gateway.edge.RateLimits;
import org.tlac.gateway.edge.SecurityHeaders;
import org.tlac.gateway.edge.SessionAuthentication;
import org.tlac.gateway.edge.Sessions;
import org.tlac.gateway.pages.Course;
import org.tlac.gateway.pages.PageRoutes;
import org.tlac.gateway.pages.RedirectRoutes;
import org.tlac.gateway.proxy.ApiRoutes;
import org.tlac.gateway.proxy.PythonQueue;
import org.tlac.gateway.proxy.PythonSessions;
import org.tlac.gateway.status.Alerts;
import org.tlac.gateway.status.MetricsAccess;
import org.tlac.gateway.status.Replicas;
import org.tlac.gateway.status.StatusRoutes;
import org.tlac.gateway.upstream.Addresses;
import org.tlac.gateway.upstream.ConnectionWatch;
import org.tlac.gateway.upstream.ReplicaClients;
import org.tlac.gateway.upstream.RunnerReplicas;
import org.tlac.gateway.upstream.Upstream;
import org.tlac.platform.http.Routes;
import org.tlac.platform.http.ServiceServer;
import org.tlac.platform.identity.ServiceSecret;
import org.tlac.platform.metrics.Metrics;
import org.tlac.platform.metrics.ServiceName;

/** Wires the gateway. */
final class GatewayService {

    private static final String REDIRECT = "redirect";
    private static final String PYTHON_RUNNER = "Python runner";

    private GatewayService() {}

    static ServiceServer start(Config config) {
        return start(GatewayConfig.from(config), Metrics.open(ServiceName.GATEWAY, version()), InstantSource.system());
    }

    static ServiceServer start(GatewayConfig config, Metrics metrics, InstantSource clock) {
        ServiceSecret secret = ServiceSecret.read(config.serviceSecretFile());
        ConnectionWatch watch = ConnectionWatch.start();
        Addresses names = new Addresses(config.upstream().connectTimeout());
        ReplicaClients replicas = new ReplicaClients(config.scrapeTimeout(), config.scrapeMaxBytes(), watch);
        Upstream auth = upstream(config, secret, watch, ServiceName.AUTH, "sign-in service");
        Upstream activity = upstream(config, secret, watch, ServiceName.ACTIVITY, "activity service");
        Upstream runner = upstream(config, secret, watch, ServiceName.RUNNER, PYTHON_RUNNER);
        Upstream backup = upstream(config, secret, watch, ServiceName.BACKUP, "backup service");
        // Places of its own: many who sign in at once must not keep those out who are signed in.
        Upstream sessionsOfAuth = upstream(config, secret, watch, ServiceName.AUTH, "sign-in service");
        Sessions sessions = new Sessions(sessionsOfAuth, config.sessionCache(), clock);
        RunnerReplicas runners =
                new RunnerReplicas(PYTHON_RUNNER, config.runnerReplicas(), names, secret, config.upstream(), watch);
        PythonSessions pythonSessions = new PythonSessions(runners, sessions);
        PageRoutes pages = new PageRoutes(new Course(config.courseFolder(), config.maxManifestBytes(), clock));
        RateLimits limits = new RateLimits(config.limits(), metrics, clock);
        Compression compression = new Compression(config.compression());
        Routes routes = new ApiRoutes(
                        auth, activity, runner, backup, sessions, pythonSessions, new PythonQueue(runners), limits)
                .routes()
                .and(new StatusRoutes(
                                new Replicas(config.scrape(), names, replicas),
                                auth,
                                activity,
                                new MetricsAccess(config.metrics()),
                                new Alerts(config.prometheus(), watch),
                                limits,
                                clock)
                        .routes())
                .and(pages.routes());
        RateLimitGossip peers = new RateLimitGossip(
                Objects.requireNonNull(config.scrape().get(ServiceName.GATEWAY)),
                names,
                replicas,
                secret,
                limits,
                clock);
        peers.start();
        return ServiceServer.builder(config.server(), metrics)
                .edge()
                // Its NIO sockets take several times the memory, and ask DNS for the name of every client (decision
                // 0006).
                .listeners(listener -> listener.useNio(false))
                .trustedPeers(config.trustedProxies()::isProxy)
                .tls(tls(config))
                .headers(SecurityHeaders.headers(config.hsts()))
                .routes(CsrfGuard.around(compression.around(routes)))
                .refusals(pages::notFound)
                .authentication(new SessionAuthentication(sessions, config.trustedProxies()))
                .management(peers.routes())
                .shutdownHook(pythonSessions::endAll)
                .closing(watch)
                .closing(peers)
                .closing(compression)
                .listener(
                        REDIRECT,
                        config.redirectPort(),
                        new RedirectRoutes(config.server().port()).routes())
                .start();
    }

    private static Upstream upstream(
            GatewayConfig config, ServiceSecret secret, ConnectionWatch watch, ServiceName owner, String name) {
        return new Upstream(
                name, Objects.requireNonNull(config.services().get(owner)), secret, config.upstream(), watch);
    }

    private static Tls tls(GatewayConfig config) {
        Keys keys = Keys.builder()
                .pem(pem -> pem.key(Resource.create(config.key())).certChain(Resource.create(config.certificate())))
                .build();
        return Tls.builder().privateKey(keys).privateKeyCertChain(keys).build();
    }

    private static String version() {
        return Objects.requireNonNullElse(GatewayService.class.getPackage().getImplementationVersion(), "development");
    }
}
