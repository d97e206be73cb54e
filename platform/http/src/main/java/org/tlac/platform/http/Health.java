package org.tlac.platform.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Liveness, readiness and start-up as probes ask for them. Live: the service's own public listener answers. Started: the service opened its port. Ready: it is
 * not stopping and every part it cannot work without is there.
 */
public final class Health {

    private static final Logger LOG = LoggerFactory.getLogger(Health.class);

    private final Map<String, BooleanSupplier> checks;
    private final Map<String, Supplier<String>> facts;
    private volatile BooleanSupplier live = () -> true;
    private volatile boolean started;
    private volatile boolean stopping;

    Health(Map<String, BooleanSupplier> checks, Map<String, Supplier<String>> facts) {
        this.checks = new LinkedHashMap<>(checks);
        this.facts = new LinkedHashMap<>(facts);
    }

    /** What liveness asks from now on. */
    void live(BooleanSupplier check) {
        live = check;
    }

    void started() {
        started = true;
    }

    void stopping() {
        stopping = true;
    }

    Routes routes() {
        return Routes.of(
                Route.get("/health/live", Access.ANYONE, call -> state(live.getAsBoolean(), Map.of(), Map.of())),
                Route.get("/health/started", Access.ANYONE, call -> state(started, Map.of(), Map.of())),
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
        Map<String, String> told = new LinkedHashMap<>();
        facts.forEach((name, fact) -> told.put(name, fact.get()));
        return state(up, results, told);
    }

    private static boolean passes(String name, BooleanSupplier check) {
        try {
            return check.getAsBoolean();
        } catch (RuntimeException e) {
            LOG.warn("The readiness check {} failed to run", name, e);
            return false;
        }
    }

    private static Reply state(boolean up, Map<String, String> results, Map<String, String> facts) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("status", up ? "UP" : "DOWN");
        body.put("checks", results);
        body.putAll(facts);
        return Reply.json(up ? 200 : 503, body);
    }
}
