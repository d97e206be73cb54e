package org.tlac.gateway.status;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Metric;
import org.tlac.platform.metrics.ServiceName;

/** The admin's numbers: sums over every replica of what Prometheus sees, and the accounts of auth-service. */
final class AdminMetrics {

    private static final List<String> SUMMARY = List.of(
            "total_users",
            "active_users",
            "total_pupils",
            "total_teachers",
            "total_admins",
            "active_sessions",
            "recent_logins_7d");

    private AdminMetrics() {}

    static Map<String, Object> of(Samples samples, JsonNode accounts) {
        Map<String, Object> all = new LinkedHashMap<>();
        Map<String, Object> summary = new LinkedHashMap<>();
        SUMMARY.forEach(key -> summary.put(key, accounts.required(key)));
        all.put("summary", summary);
        all.put("http", http(samples));
        all.put("authentication", authentication(samples));
        all.put("python_runner", runner(samples));
        all.put(
                "activity",
                Map.of(
                        "total_saves", whole(samples.total(Catalogue.ACTIVITY_SAVES)),
                        "rate_limit_violations", whole(samples.total(Catalogue.RATE_LIMIT_EXCEEDED))));
        all.put(
                "system",
                Map.of(
                        "db_connections", whole(samples.total(Catalogue.DB_CONNECTIONS_ACTIVE)),
                        "total_errors", whole(samples.total(Catalogue.ERRORS))));
        return all;
    }

    private static Map<String, Object> http(Samples samples) {
        long total = whole(samples.total(Catalogue.HTTP_REQUESTS));
        long errors = 0;
        for (int status = 400; status < 600; status++) {
            errors += with(samples, Catalogue.HTTP_REQUESTS, Integer.toString(status));
        }
        Map<String, Object> http = new LinkedHashMap<>();
        http.put("total_requests", total);
        http.put("successful_requests", total - errors);
        http.put("error_requests", errors);
        http.put("success_rate", percent(total - errors, total));
        return http;
    }

    private static Map<String, Object> authentication(Samples samples) {
        long total = whole(samples.total(Catalogue.LOGIN_ATTEMPTS));
        long successful = with(samples, Catalogue.LOGIN_ATTEMPTS, "success");
        Map<String, Object> authentication = new LinkedHashMap<>();
        authentication.put("total_login_attempts", total);
        authentication.put("successful_logins", successful);
        authentication.put("failed_logins", with(samples, Catalogue.LOGIN_ATTEMPTS, "failed"));
        authentication.put("rate_limited_logins", with(samples, Catalogue.LOGIN_ATTEMPTS, "rate_limited"));
        authentication.put("success_rate", percent(successful, total));
        return authentication;
    }

    private static Map<String, Object> runner(Samples samples) {
        long total = whole(samples.total(Catalogue.PYTHON_RUNS));
        long successful = with(samples, Catalogue.PYTHON_RUNS, "success");
        Map<String, Object> runner = new LinkedHashMap<>();
        runner.put("total_runs", total);
        runner.put("successful_runs", successful);
        runner.put("error_runs", with(samples, Catalogue.PYTHON_RUNS, "error"));
        runner.put("timeout_runs", with(samples, Catalogue.PYTHON_RUNS, "timeout"));
        runner.put("success_rate", percent(successful, total));
        return runner;
    }

    /** Each service with how many replicas were asked and how many are ready. */
    static List<Map<String, Object>> services(List<Replicas.Answer> ready) {
        List<Map<String, Object>> services = new ArrayList<>();
        for (ServiceName owner : ServiceName.values()) {
            List<Replicas.Answer> own =
                    ready.stream().filter(answer -> answer.owner() == owner).toList();
            Map<String, Object> service = new LinkedHashMap<>();
            service.put("name", owner.id());
            service.put("replicas", own.size());
            service.put(
                    "ready",
                    own.stream().filter(answer -> answer.status() == 200).count());
            services.add(service);
        }
        return services;
    }

    private static long with(Samples samples, Metric metric, String status) {
        return whole(samples.total(metric, Map.of("status", status)));
    }

    private static long whole(double value) {
        return Math.round(value);
    }

    /** In percent with one decimal; 100 where nothing happened. */
    static double percent(long part, long total) {
        return total == 0 ? 100.0 : Math.round(1000.0 * part / total) / 10.0;
    }
}
