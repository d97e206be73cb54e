package org.tlac.gateway.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tlac.gateway.edge.LimitClass;
import org.tlac.gateway.edge.RateLimits;
import org.tlac.gateway.edge.Session;
import org.tlac.gateway.upstream.ExpiringCache;
import org.tlac.gateway.upstream.ServiceClient.Answer;
import org.tlac.gateway.upstream.ServiceClient.Request;
import org.tlac.gateway.upstream.Upstream;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Handler;
import org.tlac.platform.http.Json;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;
import org.tlac.platform.metrics.ServiceName;

/** Health of the whole, and its numbers: for Prometheus, for the admin's page, and for scripts. */
public final class StatusRoutes {

    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String COUNTS = "/internal/counts";

    /** However often anyone asks, the services are asked once in this time. */
    private static final Duration REMEMBER = Duration.ofSeconds(1);

    private final Replicas replicas;
    private final Upstream auth;
    private final Upstream activity;
    private final MetricsAccess metricsAccess;
    private final Alerts alerts;
    private final RateLimits limits;
    private final InstantSource clock;
    private final ExpiringCache<String, List<Replicas.Answer>> answers = new ExpiringCache<>(REMEMBER, 10);

    public StatusRoutes(
            Replicas replicas,
            Upstream auth,
            Upstream activity,
            MetricsAccess metricsAccess,
            Alerts alerts,
            RateLimits limits,
            InstantSource clock) {
        this.replicas = replicas;
        this.auth = auth;
        this.activity = activity;
        this.metricsAccess = metricsAccess;
        this.alerts = alerts;
        this.limits = limits;
        this.clock = clock;
    }

    public Routes routes() {
        return Routes.of(
                Route.get("/api/health", Access.ANYONE, call -> Reply.json(health())),
                Route.get("/metrics", Access.ANYONE, this::metrics),
                counted("/api/metrics", this::counts),
                counted("/api/admin/metrics", this::adminMetrics),
                // A call of its own, so that a Prometheus that is slow or away keeps no number waiting.
                counted("/api/admin/alerts", call -> Reply.json(alerts.now())));
    }

    private Route counted(String template, Handler handler) {
        return limits.counted(LimitClass.OTHER, Route.get(template, Access.ADMIN, handler));
    }

    private List<Replicas.Answer> ask(String path) {
        return answers.get(path, replicas::askAll);
    }

    private Map<String, Object> health() {
        List<Replicas.Answer> ready = ask("/health/ready");
        boolean databaseOk = ready.stream()
                .filter(answer -> answer.owner() == ServiceName.AUTH)
                .anyMatch(answer -> answer.body().contains("\"database\":\"UP\""));
        // A service is there when any of its replicas is.
        boolean allThere = List.of(ServiceName.values()).stream()
                .allMatch(
                        owner -> ready.stream().anyMatch(answer -> answer.owner() == owner && answer.status() == 200));
        Map<String, Object> health = new LinkedHashMap<>();
        health.put("status", allThere && databaseOk ? "ok" : "degraded");
        health.put("db_ok", databaseOk);
        health.put("time", clock.instant());
        return health;
    }

    private Reply metrics(Call call) {
        metricsAccess.check(call);
        return Reply.of(200, PROMETHEUS_TEXT, samples().exposition().getBytes(StandardCharsets.UTF_8));
    }

    private Samples samples() {
        Samples samples = new Samples();
        for (Replicas.Answer answer : ask("/metrics")) {
            if (answer.status() == 200) {
                samples.add(answer.owner(), answer.body());
            }
        }
        return samples;
    }

    private Reply counts(Call call) {
        JsonNode accounts = counts(call, auth);
        JsonNode work = counts(call, activity);
        ObjectNode counts = (ObjectNode) Json.toTree(Map.of());
        counts.set("users_active", accounts.required("users_active"));
        counts.set("sessions", accounts.required("sessions"));
        for (String table : List.of("activity_states", "activity_revisions", "activity_marks")) {
            counts.set(table, work.required(table));
        }
        counts.set("audit_logs", accounts.required("audit_logs"));
        counts.put("time", clock.instant().toString());
        return Reply.json(counts);
    }

    private Reply adminMetrics(Call call) {
        Map<String, Object> all = new LinkedHashMap<>(AdminMetrics.of(samples(), counts(call, auth)));
        all.put("services", AdminMetrics.services(ask("/health/ready")));
        all.put("time", clock.instant());
        return Reply.json(all);
    }

    private static JsonNode counts(Call call, Upstream service) {
        Session session = Session.of(call).orElseThrow(ApiError::notAuthenticated);
        Answer answer = service.asUser(Request.get(COUNTS), session.token());
        if (answer.status() != 200) {
            throw ApiError.unavailable(
                    "The numbers cannot be read now. Please try again shortly.",
                    "upstream_unavailable",
                    new IllegalStateException(COUNTS + " answered " + answer.status()));
        }
        return Json.tree(answer.text());
    }
}
