package org.tlac.runner;

import io.helidon.config.Config;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.tlac.platform.http.ServerConfig;
import org.tlac.runner.sandbox.Limits;

/**
 * Every key of the runner.
 *
 * @param jwks auth-service's public keys
 * @param python an interpreter that everybody may read
 * @param slots programs that run at once
 * @param queue programs that wait, of all users
 * @param patience how long one may wait
 */
record RunnerConfig(
        ServerConfig server, URI jwks, Path python, int slots, int queue, Duration patience, Limits limits) {

    RunnerConfig {
        if (slots < 1) {
            throw new IllegalArgumentException("runner.slots must not be negative");
        }
        if (queue < 0) {
            throw new IllegalArgumentException("runner.queue must not be negative");
        }
    }

    static RunnerConfig from(Config config) {
        Config runner = config.get("runner");
        int slots = runner.get("slots").asInt().get();
        String minimum = runner.get("minimumisolation").asString().get();
        if (!minimum.equals("full")) {
            throw new IllegalArgumentException(
                    "runner.minimumisolation must be full: there is no weaker sandbox to fall back to, not " + minimum);
        }
        return new RunnerConfig(
                ServerConfig.from(config),
                URI.create(config.get("identity.jwks").asString().get()),
                Path.of(runner.get("python").asString().get()),
                slots == 0 ? Runtime.getRuntime().availableProcessors() : slots,
                runner.get("queue").asInt().get(),
                runner.get("patience").as(Duration.class).get(),
                Limits.from(config));
    }
}
