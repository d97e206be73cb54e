package org.tlac.platform.http;

import io.helidon.config.Config;
import java.time.Duration;

/**
 * The listeners of a service, under the keys {@code server} (public) and {@code management}.
 *
 * @param host address to bind; services behind the gateway bind the loopback address on one machine
 * @param port 0 for any free one
 * @param managementHost address of the listener for health and metrics, which the public side must not reach
 * @param maxBodyBytes larger request bodies are answered 413
 * @param maxHeaderBytes larger request heads are answered 400
 * @param connections how many there may be, and how long each part of one may take
 * @param bodyTimeout a body that takes longer to arrive is given up
 * @param bodyBudgetBytes memory that the bodies of all calls may take together, as they arrive and as what is made of them; a call that finds
 *     it taken waits a moment and is then answered 503
 * @param drain how long after SIGTERM the service still accepts calls while readiness says no, so that whoever sends them can notice
 * @param grace how long calls in progress may take to finish after that
 */
public record ServerConfig(
        String host,
        int port,
        String managementHost,
        int managementPort,
        int maxBodyBytes,
        int maxHeaderBytes,
        ConnectionLimits connections,
        Duration bodyTimeout,
        long bodyBudgetBytes,
        Duration drain,
        Duration grace) {

    /** Shorter than the client's patience, longer than what is in the way usually takes. */
    private static final Duration BODY_PATIENCE = Duration.ofSeconds(1);

    public ServerConfig {
        port("server.port", port);
        port("management.port", managementPort);
        positive("server.maxbodybytes", maxBodyBytes);
        positive("server.maxheaderbytes", maxHeaderBytes);
        positive("server.bodytimeout", bodyTimeout.toMillis());
        positive("server.bodybudgetbytes", bodyBudgetBytes);
    }

    /** @throws IllegalArgumentException that names the key whose value cannot be used */
    public static ServerConfig from(Config config) {
        return new ServerConfig(
                config.get("server.host").asString().orElse("127.0.0.1"),
                config.get("server.port").asInt().get(),
                config.get("management.host").asString().orElse("127.0.0.1"),
                config.get("management.port").asInt().get(),
                config.get("server.maxbodybytes").asInt().orElse(1 << 20),
                config.get("server.maxheaderbytes").asInt().orElse(16 << 10),
                ConnectionLimits.from(config.get("server")),
                config.get("server.bodytimeout").as(Duration.class).orElse(Duration.ofSeconds(30)),
                config.get("server.bodybudgetbytes")
                        .asLong()
                        .orElse(Runtime.getRuntime().maxMemory() / 2),
                config.get("server.drain").as(Duration.class).orElse(Duration.ZERO),
                config.get("server.grace").as(Duration.class).orElse(Duration.ofSeconds(10)));
    }

    /** @param parsed whether bodies are read as JSON here, not only passed on */
    Call.Bodies bodies(boolean parsed) {
        return new Call.Bodies(
                maxBodyBytes, bodyTimeout, new BodyBudget(bodyBudgetBytes, maxBodyBytes, parsed, BODY_PATIENCE));
    }

    private static void port(String key, int value) {
        if (value < 0 || value > 65535) {
            throw new IllegalArgumentException(key + " must be from 0 to 65535, not " + value);
        }
    }

    private static void positive(String key, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(key + " must be greater than 0, not " + value);
        }
    }
}
