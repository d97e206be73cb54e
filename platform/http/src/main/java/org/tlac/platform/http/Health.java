package org.tlac.platform.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Liveness, readiness and start-up as probes ask for them. Live: the process answers. Started: the service opened its port. Ready: it is
 * not stopping and every part it cannot work without is there.
 */
public final class Health {

    private static final Logger LOG = LoggerFactory.getLogger(Health.class);

    private final Map<String, BooleanSupplier> checks;
    private volatile boolean started;
    private volatile boolean stopping;

    Health(Map<String, BooleanSupplier> checks) {
        this.checks = new LinkedHashMap<>(checks);
    }

    void started() {
        started = true;
    }

    void stopping() {
        stopping = true;
    }

    Routes routes() {
        return Routes.of(
                Route.get("/health/live", Access.ANYONE, call -> state(true, Map.of())),
                Route.get("/health/started", Access.ANYONE, call -> state(started, Map.of())),
                Route.get("/health/ready", Access.ANYONE, call -> ready()));
    }

    private Reply ready() {
        Map<String, String> results = new LinkedHashMap<>();
        boolean up = started && !stopping;
        for (Map.Entry<String, BooleanSupplier> check : checks.entrySet()) {
            boolean passed = passes(check.getKey(), check.getValue());
            results.put(check.getKey(), passed ? "UP" : "DOWN");
            up &= passed;
        }
        return state(up, results);
    }

    private static boolean passes(String name, BooleanSupplier check) {
        try {
            return check.getAsBoolean();
        } catch (RuntimeException e) {
            LOG.warn("The readiness check {} failed to run", name, e);
            return false;
        }
    }

    private static Reply state(boolean up, Map<String, String> results) {
        return Reply.json(up ? 200 : 503, Map.of("status", up ? "UP" : "DOWN", "checks", results));
    }
}
