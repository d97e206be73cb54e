package org.tlac.gateway;

import io.helidon.config.Config;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tlac.gateway.edge.ClientAddress;
import org.tlac.gateway.edge.Compression;
import org.tlac.gateway.edge.LimitClass;
import org.tlac.gateway.edge.RateLimits;
import org.tlac.gateway.status.MetricsAccess;
import org.tlac.gateway.upstream.UpstreamConfig;
import org.tlac.platform.http.ServerConfig;
import org.tlac.platform.metrics.ServiceName;

/**
 * Every key of the gateway.
 *
 * @param redirectPort plain HTTP port that sends browsers to HTTPS
 * @param certificate PEM file with the certificate and those that signed it
 * @param key PEM file with its private key, PKCS #8
 * @param hsts how long browsers shall insist on HTTPS for this host; zero sends no such header, because it would also cover other
 *     programs at other ports of the same host, such as Grafana on localhost
 * @param trustedProxies whose X-Forwarded-For is believed
 * @param services public base address of each service
 * @param scrape management addresses of each service; a host name stands for all replicas it resolves to
 * @param runnerReplicas public base addresses of runner-service, whose replicas are told apart: a host name stands for all that it
 *     resolves to
 * @param serviceSecretFile what the gateway shows auth-service when nobody is signed in
 * @param sessionCache how long a resolved session is used before auth-service is asked again
 * @param upstream what one service may cost its callers
 * @param scrapeTimeout a question to a replica about its health or numbers, in all
 * @param scrapeMaxBytes a larger answer to it counts as none
 * @param prometheus where the admin's page learns of alerts; empty for nowhere
 * @param courseFolder the course's files, served under /lessons/
 * @param maxManifestBytes of the course's manifest.json; while it is read it takes up to thirty times its size
 * @param compression of answers made while they are asked for
 */
record GatewayConfig(
        ServerConfig server,
        int redirectPort,
        Path certificate,
        Path key,
        Duration hsts,
        ClientAddress trustedProxies,
        Map<ServiceName, URI> services,
        Map<ServiceName, List<URI>> scrape,
        List<URI> runnerReplicas,
        Path serviceSecretFile,
        Duration sessionCache,
        UpstreamConfig upstream,
        Duration scrapeTimeout,
        int scrapeMaxBytes,
        RateLimits.Config limits,
        MetricsAccess.Config metrics,
        Optional<URI> prometheus,
        Path courseFolder,
        int maxManifestBytes,
        Compression.Limits compression) {

    /** Not so large that its tree would not fit into a gateway's heap of 96 MB beside everything else. */
    private static final int LARGEST_MANIFEST = 1 << 20;

    private static final Duration MAX_SESSION_CACHE = Duration.ofSeconds(5);

    GatewayConfig {
        if (scrapeTimeout.isNegative() || scrapeTimeout.isZero()) {
            throw new IllegalArgumentException("scrape.timeout must be above zero, not " + scrapeTimeout);
        }
        if (scrapeMaxBytes < 1) {
            throw new IllegalArgumentException("scrape.maxbytes must be at least 1, not " + scrapeMaxBytes);
        }
        // A session that was revoked elsewhere must not live on here.
        if (sessionCache.isNegative() || sessionCache.compareTo(MAX_SESSION_CACHE) > 0) {
            throw new IllegalArgumentException(
                    "session.cache must be at most " + MAX_SESSION_CACHE + ", not " + sessionCache);
        }
        if (maxManifestBytes < 1 || maxManifestBytes > LARGEST_MANIFEST) {
            throw new IllegalArgumentException(
                    "course.maxmanifestbytes is not from 1 to " + LARGEST_MANIFEST + ": " + maxManifestBytes);
        }
    }

    private static final Map<ServiceName, String> KEYS = Map.of(
            ServiceName.GATEWAY, "gateway",
            ServiceName.AUTH, "auth",
            ServiceName.ACTIVITY, "activity",
            ServiceName.RUNNER, "runner",
            ServiceName.BACKUP, "backup");

    /** @throws RuntimeException that names the key which is missing or whose value cannot be used */
    static GatewayConfig from(Config config) {
        Map<ServiceName, URI> services = new EnumMap<>(ServiceName.class);
        Map<ServiceName, List<URI>> scrape = new EnumMap<>(ServiceName.class);
        KEYS.forEach((owner, key) -> {
            scrape.put(owner, addresses(config.get("scrape." + key).asString().get()));
            if (owner != ServiceName.GATEWAY) {
                services.put(
                        owner,
                        URI.create(config.get("services." + key).asString().get()));
            }
        });
        return new GatewayConfig(
                ServerConfig.from(config),
                config.get("redirect.port").asInt().get(),
                Path.of(config.get("tls.certificate").asString().get()),
                Path.of(config.get("tls.key").asString().get()),
                config.get("tls.hsts").as(Duration.class).get(),
                ClientAddress.trusting(
                        list(config.get("proxy.trusted").asString().get())),
                services,
                scrape,
                addresses(config.get("replicas.runner").asString().get()),
                Path.of(config.get("identity.servicesecretfile").asString().get()),
                config.get("session.cache").as(Duration.class).get(),
                UpstreamConfig.from(config.get("upstream")),
                config.get("scrape.timeout").as(Duration.class).get(),
                config.get("scrape.maxbytes").asInt().get(),
                limits(config.get("limits")),
                MetricsAccess.Config.from(config.get("metrics")),
                prometheus(config.get("prometheus.url").asString().get()),
                Path.of(config.get("course.folder").asString().get()),
                config.get("course.maxmanifestbytes").asInt().get(),
                compression(config.get("compression")));
    }

    private static Optional<URI> prometheus(String url) {
        if (url.isEmpty()) {
            return Optional.empty();
        }
        URI uri = URI.create(url);
        if (uri.getHost() == null || !List.of("http", "https").contains(uri.getScheme())) {
            throw new IllegalArgumentException("prometheus.url is not an address like http://prometheus:9090: " + url);
        }
        return Optional.of(uri);
    }

    private static RateLimits.Config limits(Config config) {
        Map<LimitClass, Integer> perMinute = new EnumMap<>(LimitClass.class);
        perMinute.put(LimitClass.SAVES, config.get("saves").asInt().get());
        perMinute.put(LimitClass.RUNS, config.get("runs").asInt().get());
        perMinute.put(LimitClass.MARKS, config.get("marks").asInt().get());
        perMinute.put(LimitClass.OTHER, config.get("other").asInt().get());
        return new RateLimits.Config(config.get("enforce").asBoolean().get(), perMinute);
    }

    private static Compression.Limits compression(Config config) {
        return new Compression.Limits(
                config.get("minbytes").asInt().get(),
                config.get("maxbytes").asInt().get(),
                config.get("concurrent").asInt().get());
    }

    private static List<URI> addresses(String text) {
        return list(text).stream().map(URI::create).toList();
    }

    private static List<String> list(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }
}
