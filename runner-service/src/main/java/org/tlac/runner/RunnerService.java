package org.tlac.runner;

import io.helidon.config.Config;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import org.tlac.platform.http.BearerAuthentication;
import org.tlac.platform.http.FrontDoor;
import org.tlac.platform.identity.JwksClient;
import org.tlac.platform.identity.TokenVerifier;
import org.tlac.platform.metrics.Metrics;
import org.tlac.platform.metrics.Owner;
import org.tlac.runner.run.RunQueue;
import org.tlac.runner.run.RunRoutes;
import org.tlac.runner.run.Runner;
import org.tlac.runner.run.RunnerMetrics;

/** Wires the runner. */
final class RunnerService {

    private RunnerService() {}

    static FrontDoor start(Config config) {
        return start(RunnerConfig.from(config), Metrics.open(Owner.RUNNER, version()), InstantSource.system());
    }

    static FrontDoor start(RunnerConfig config, Metrics metrics, InstantSource clock) {
        Runner runner = new Runner(config.python(), config.limits());
        runner.prepare();
        RunQueue queue = new RunQueue(config.slots(), config.queue());
        RunnerMetrics runnerMetrics = new RunnerMetrics(metrics, queue, runner);
        return FrontDoor.builder(config.server(), metrics)
                .routes(new RunRoutes(runner, queue, runnerMetrics, config.limits(), config.patience()).routes())
                .authentication(new BearerAuthentication(
                        new TokenVerifier(new JwksClient(config.jwks(), clock), clock), Map.of()))
                .readiness("sandbox", runner::prepare)
                .closing(runner)
                .start();
    }

    private static String version() {
        return Objects.requireNonNullElse(RunnerService.class.getPackage().getImplementationVersion(), "development");
    }
}
