package org.tlac.platform.http;

import io.helidon.health.HealthCheck;
import io.helidon.health.HealthCheckResponse;
import io.helidon.health.HealthCheckType;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpFeature;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.observe.ObserverConfigBase;
import io.helidon.webserver.observe.spi.Observer;
import io.helidon.webserver.spi.ServerFeature;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service's health checks, and the observer that answers {@code /health/live}, {@code /health/started} and {@code /health/ready} from them.
 * Live: the service's own public listener answers. Started: the service opened its port. Ready: it is not stopping and every part it cannot
 * work without is there. Helidon's own {@code HealthObserver} has another body, a list of checks, than operators and their tools know here.
 */
final class Health implements Observer {

    private static final Logger LOG = LoggerFactory.getLogger(Health.class);

    private final List<HealthCheck> checks = new ArrayList<>();
    private volatile BooleanSupplier live = () -> true;
    private volatile boolean started;
    private volatile boolean stopping;

    /** One check of a service. */
    private record Check(String name, HealthCheckType type, Supplier<HealthCheckResponse> ask) implements HealthCheck {

        static Check of(String name, HealthCheckType type, BooleanSupplier passes) {
            return new Check(
                    name,
                    type,
                    () -> HealthCheckResponse.builder()
                            .status(passes.getAsBoolean())
                            .build());
        }

        /** Down, and no failure of the answer: whoever probes wants to know whether to send people here. */
        @Override
        public HealthCheckResponse call() {
            try {
                return ask.get();
            } catch (RuntimeException e) {
                LOG.warn("The health check {} failed to run", name, e);
                return HealthCheckResponse.builder().status(false).build();
            }
        }
    }

    /**
     * The checks of a service.
     *
     * @param parts what it cannot work without, by name
     * @param details what readiness says beside them, by name; asked each time, as the parts are
     */
    Health(Map<String, BooleanSupplier> parts, Map<String, Supplier<String>> details) {
        checks.add(Check.of("listener", HealthCheckType.LIVENESS, () -> live.getAsBoolean()));
        checks.add(Check.of("service", HealthCheckType.STARTUP, () -> started));
        checks.add(Check.of("service", HealthCheckType.READINESS, () -> started && !stopping));
        parts.forEach((name, part) -> checks.add(Check.of(name, HealthCheckType.READINESS, part)));
        details.forEach((name, detail) -> checks.add(new Check(
                name,
                HealthCheckType.READINESS,
                () -> HealthCheckResponse.builder().detail(name, detail.get()).build())));
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

    @Override
    public String type() {
        return "health";
    }

    @Override
    public ObserverConfigBase prototype() {
        return ObserverConfigBase.builder().name(type()).buildPrototype();
    }

    @Override
    public void register(
            ServerFeature.ServerFeatureContext context,
            List<HttpRouting.Builder> routings,
            UnaryOperator<String> endpoint) {
        HttpFeature probes = routing -> {
            for (HealthCheckType type : HealthCheckType.values()) {
                String path = endpoint.apply(type()) + "/" + type.defaultEndpoint();
                routing.get(path, (request, response) -> answer(type, response));
                routing.head(path, (request, response) -> answer(type, response));
            }
        };
        routings.forEach(routing -> routing.addFeature(probes));
    }

    /** {@code {"status": "UP", "checks": {"database": "UP"}, "isolation": "full"}}: a check with details says these, not how it is. */
    private void answer(HealthCheckType type, ServerResponse response) {
        boolean up = true;
        Map<String, String> results = new LinkedHashMap<>();
        Map<String, Object> details = new LinkedHashMap<>();
        for (HealthCheck check : checks) {
            if (check.type() == type) {
                HealthCheckResponse result = check.call();
                up &= result.status() == HealthCheckResponse.Status.UP;
                details.putAll(result.details());
                if (result.details().isEmpty()) {
                    results.put(check.name(), result.status().name());
                }
            }
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("status", up ? "UP" : "DOWN");
        body.put("checks", results);
        body.putAll(details);
        response.status(up ? 200 : 503);
        response.header(HeaderNames.CONTENT_TYPE, Reply.JSON_TYPE);
        response.send(Json.write(body));
    }
}
