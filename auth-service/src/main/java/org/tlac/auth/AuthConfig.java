package org.tlac.auth;

import io.helidon.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import org.tlac.auth.keys.KeyRotation;
import org.tlac.platform.db.DatabaseConfig;
import org.tlac.platform.http.ServerConfig;
import org.tlac.platform.identity.InternalToken;

/**
 * Every setting of auth-service. Keys and defaults stand in application.yaml too; {@code from} does not depend on that file.
 *
 * @param serviceSecretFile what the gateway proves itself with ({@code identity.servicesecretfile})
 * @param sessionTtl how long a session lives, used or not ({@code session.ttl})
 * @param tokenLifetime of the tokens that vouch for a session's user ({@code session.tokenlifetime})
 * @param concurrentHashes passwords hashed at once, 64 MiB each ({@code password.concurrent}; 0 is one per processor)
 * @param hashWait how long a sign-in waits for its turn at hashing ({@code password.wait})
 * @param forgetFailures failures count for so long after the latest ({@code login.forget})
 * @param knownAddress a sign-in makes its address known for so long ({@code login.knownaddress})
 * @param keys {@code keys.rotation} and {@code keys.published}
 * @param upkeep how often what is over is removed ({@code upkeep.interval})
 */
record AuthConfig(
        ServerConfig server,
        DatabaseConfig database,
        Path serviceSecretFile,
        Duration sessionTtl,
        Duration tokenLifetime,
        int concurrentHashes,
        Duration hashWait,
        Duration forgetFailures,
        Duration knownAddress,
        KeyRotation keys,
        Duration upkeep) {

    /** The gateway asks anew when a token has less than this left, and would ask at every call. */
    private static final Duration MIN_TOKEN_LIFETIME = Duration.ofSeconds(15);

    /** The longest lock: failures forgotten before it ends would undo it. */
    private static final Duration MIN_FORGET = Duration.ofMinutes(10);

    AuthConfig {
        atLeast("session.ttl", sessionTtl, Duration.ofMinutes(1));
        atLeast("session.tokenlifetime", tokenLifetime, MIN_TOKEN_LIFETIME);
        if (tokenLifetime.compareTo(InternalToken.MAX_LIFETIME) > 0) {
            throw new IllegalArgumentException(
                    "session.tokenlifetime must be at most " + InternalToken.MAX_LIFETIME + ", not " + tokenLifetime);
        }
        if (concurrentHashes < 1) {
            throw new IllegalArgumentException("password.concurrent must not be negative");
        }
        atLeast("password.wait", hashWait, Duration.ofMillis(1));
        atLeast("login.forget", forgetFailures, MIN_FORGET);
        atLeast("login.knownaddress", knownAddress, Duration.ZERO);
        atLeast("upkeep.interval", upkeep, Duration.ofMillis(1));
    }

    /** @throws IllegalArgumentException that names the key whose value cannot be used */
    static AuthConfig from(Config config) {
        int concurrent = config.get("password.concurrent").asInt().orElse(0);
        return new AuthConfig(
                ServerConfig.from(config),
                DatabaseConfig.from(config),
                Path.of(config.get("identity.servicesecretfile").asString().orElse(".tlac/secrets/gateway-service")),
                duration(config, "session.ttl", Duration.ofMinutes(480)),
                duration(config, "session.tokenlifetime", Duration.ofSeconds(60)),
                concurrent == 0 ? Runtime.getRuntime().availableProcessors() : concurrent,
                duration(config, "password.wait", Duration.ofSeconds(5)),
                duration(config, "login.forget", Duration.ofHours(24)),
                duration(config, "login.knownaddress", Duration.ofDays(30)),
                new KeyRotation(
                        duration(config, "keys.rotation", Duration.ofDays(30)),
                        duration(config, "keys.published", Duration.ofHours(1))),
                duration(config, "upkeep.interval", Duration.ofMinutes(1)));
    }

    private static Duration duration(Config config, String key, Duration otherwise) {
        return config.get(key).as(Duration.class).orElse(otherwise);
    }

    private static void atLeast(String key, Duration value, Duration least) {
        if (value.compareTo(least) < 0) {
            throw new IllegalArgumentException(key + " must be at least " + least + ", not " + value);
        }
    }
}
