package org.tlac.runner;

import io.helidon.config.Config;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import org.tlac.platform.http.ServerConfig;
import org.tlac.runner.check.CheckRules;
import org.tlac.runner.interactive.InteractiveRules;
import org.tlac.runner.run.RunRules;
import org.tlac.runner.sandbox.Isolation;
import org.tlac.runner.sandbox.Limits;

/**
 * Every key of the runner.
 *
 * @param jwks auth-service's public keys
 * @param python an interpreter that everybody may read; empty for the machine's own
 * @param slots programs that run at once
 * @param queue programs that wait, of all users
 * @param runsPerZygote programs until a slot's sandbox is replaced by a new one
 * @param scratch where programs write at isolation level process; empty when they never run there
 */
record RunnerConfig(
        ServerConfig server,
        URI jwks,
        String python,
        int slots,
        int queue,
        int runsPerZygote,
        String scratch,
        RunRules rules,
        InteractiveRules interactive,
        CheckRules checks) {

    RunnerConfig {
        atLeast("slots", 1, slots);
        atLeast("queue", 0, queue);
        atLeast("runsperzygote", 1, runsPerZygote);
    }

    /** @throws IllegalArgumentException that names the key whose value cannot be used */
    static RunnerConfig from(Config config) {
        Config runner = config.get("runner");
        int slots = runner.get("slots").asInt().get();
        return new RunnerConfig(
                ServerConfig.from(config),
                URI.create(config.get("identity.jwks").asString().get()),
                runner.get("python").asString().orElse(""),
                slots == 0 ? Runtime.getRuntime().availableProcessors() : slots,
                runner.get("queue").asInt().get(),
                runner.get("runsperzygote").asInt().get(),
                runner.get("scratch").asString().orElse(""),
                new RunRules(
                        Limits.from(config),
                        runner.get("patience").as(Duration.class).get(),
                        minimum(runner.get("minimumisolation").asString().get())),
                InteractiveRules.from(config),
                CheckRules.from(config));
    }

    private static Isolation minimum(String id) {
        return Arrays.stream(Isolation.values())
                .filter(level -> level != Isolation.NONE && level.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "runner.minimumisolation must be full or process, not " + id + ": nothing runs unprotected"));
    }

    private static void atLeast(String key, int least, int value) {
        if (value < least) {
            throw new IllegalArgumentException("runner." + key + " must be at least " + least + ", not " + value);
        }
    }
}
