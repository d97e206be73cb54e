package org.tlac.runner.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;
import org.tlac.runner.sandbox.Isolation;
import org.tlac.runner.sandbox.Layer;
import org.tlac.runner.sandbox.Recycle;
import org.tlac.runner.sandbox.Sandbox;

/**
 * The runner's state and configuration, for teachers and admins.
 *
 * @param interactiveRuns those that have not ended
 */
public record Diagnostics(Sandbox sandbox, RunQueue queue, RunRules rules, IntSupplier interactiveRuns) {

    public Routes routes() {
        return Routes.of(Route.get("/api/python/diagnostics", Access.TEACHER, call -> Reply.json(body())));
    }

    private Map<String, Object> body() {
        Isolation level = sandbox.isolation();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("runner_enabled", rules.permits(level));
        body.put("isolation", level.id());
        body.put("minimum_isolation", rules.minimum().id());
        body.put("reason", sandbox.reason());
        body.put("full_isolation_lacks", sandbox.lacking());
        body.put("layers", layers(level));
        body.put("python_version", sandbox.pythonVersion());
        body.put("slots", slots());
        body.put("sessions", interactiveRuns.getAsInt());
        body.put("queue_depth", queue.depth());
        body.put("queue_capacity", queue.capacity());
        body.put(
                "recent_replacements",
                sandbox.recycles().stream().map(Diagnostics::replacement).toList());
        return body;
    }

    /** Those that hold now; none while nothing runs. */
    private List<Map<String, Object>> layers(Isolation level) {
        Map<String, Boolean> met = sandbox.canaries();
        return Layer.of(level).stream().map(layer -> layer(layer, met)).toList();
    }

    private static Map<String, Object> layer(Layer layer, Map<String, Boolean> met) {
        Map<String, String> canaries = new LinkedHashMap<>();
        layer.canaries().forEach(name -> canaries.put(name, result(met.get(name))));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", layer.name());
        body.put("what", layer.what());
        body.put("canaries", canaries);
        return body;
    }

    private static String result(@Nullable Boolean denied) {
        return denied == null ? "unknown" : denied ? "denied" : "allowed";
    }

    private Map<String, Long> slots() {
        Map<String, Long> slots = new LinkedHashMap<>();
        Sandbox.states().forEach(state -> slots.put(state, sandbox.slots(state)));
        return slots;
    }

    private static Map<String, Object> replacement(Recycle recycle) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("time", recycle.time());
        body.put("slot", recycle.slot());
        body.put("reason", recycle.why());
        return body;
    }
}
