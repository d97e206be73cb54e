package org.tlac.runner;

import io.helidon.config.Config;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import org.tlac.platform.http.ServiceServer;
import org.tlac.platform.identity.JwksClient;
import org.tlac.platform.identity.TokenVerifier;
import org.tlac.platform.metrics.Metrics;
import org.tlac.platform.metrics.ServiceName;
import org.tlac.platform.security.ServiceSecurity;
import org.tlac.runner.check.CheckRoutes;
import org.tlac.runner.interactive.InteractiveRoutes;
import org.tlac.runner.interactive.InteractiveRules;
import org.tlac.runner.interactive.InteractiveRuns;
import org.tlac.runner.run.Diagnostics;
import org.tlac.runner.run.RunAdmission;
import org.tlac.runner.run.RunQueue;
import org.tlac.runner.run.RunRoutes;
import org.tlac.runner.run.RunRules;
import org.tlac.runner.run.RunnerMetrics;
import org.tlac.runner.sandbox.Sandbox;
import org.tlac.runner.sandbox.SlotsOnDemand;

/** Wires the runner. */
final class RunnerService {

    /** Enough, because an assertion takes milliseconds. */
    private static final int ASSERTION_SLOTS = 2;

    /** From a program's limit to its answer. */
    private static final Duration RESPONSE_MARGIN = Duration.ofMillis(1500);

    private RunnerService() {}

    static ServiceServer start(Config config) {
        return start(RunnerConfig.from(config), Metrics.open(ServiceName.RUNNER, version()), InstantSource.system());
    }

    static ServiceServer start(RunnerConfig config, Metrics metrics, InstantSource clock) {
        RunQueue queue = new RunQueue(config.queue());
        RunRules rules = config.rules();
        Sandbox sandbox = new Sandbox(
                new Sandbox.Setup(config.python(), rules.minimum(), config.scratch()),
                config.slots(),
                config.runsPerZygote(),
                rules.limits(),
                queue,
                clock);
        RunnerMetrics runnerMetrics = new RunnerMetrics(metrics, queue, sandbox);
        RunAdmission admission = new RunAdmission(sandbox, queue, runnerMetrics, rules);
        InteractiveRules interactiveRules = config.interactive();
        InteractiveRuns interactiveRuns = new InteractiveRuns(
                interactiveRules,
                rules.limits().outputCharacters(),
                sandbox.onDemand(
                        interactiveRules.warm(),
                        interactiveRules.most(),
                        interactiveRules.linger(),
                        config.runsPerZygote()),
                runnerMetrics);
        runnerMetrics.interactiveRuns(interactiveRuns::running);
        SlotsOnDemand assertionSlots =
                sandbox.onDemand(0, ASSERTION_SLOTS, interactiveRules.linger(), config.runsPerZygote());
        sandbox.start();
        interactiveRuns.start();
        return ServiceServer.builder(config.server(), metrics)
                .routes(new RunRoutes(admission, queue, rules).routes())
                .routes(new Diagnostics(sandbox, queue, rules, interactiveRuns::running).routes())
                .routes(new CheckRoutes(config.checks(), rules.limits(), admission, assertionSlots).routes())
                .routes(new InteractiveRoutes(interactiveRuns, admission, rules.limits()).routes())
                .authentication(
                        new ServiceSecurity(new TokenVerifier(new JwksClient(config.jwks(), clock), clock), Map.of()))
                .readiness("sandbox", () -> rules.permits(sandbox.isolation()))
                .healthDetail("isolation", () -> sandbox.isolation().id())
                .shutdownHook(() -> queue.close(timeToBegin(config)))
                .shutdownHook(interactiveRuns::endAll)
                .closing(sandbox)
                .closing(interactiveRuns)
                .closing(assertionSlots)
                .start();
    }

    /** A program that begins by then has ended, and was answered, when the service no longer waits for its calls. */
    private static Duration timeToBegin(RunnerConfig config) {
        Duration left =
                config.server().grace().minus(config.rules().limits().wall()).minus(RESPONSE_MARGIN);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static String version() {
        return Objects.requireNonNullElse(RunnerService.class.getPackage().getImplementationVersion(), "development");
    }
}
