package org.tlac.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tlac.auth.RunningService.SignedIn;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Metric;
import org.tlac.platform.metrics.ServiceName;
import org.tlac.platform.testing.Scrape;

class AuthMetricsServerTest {

    /** Of its own, since gauges show the service that started last in a process. */
    private static RunningService service;

    @BeforeAll
    static void start() {
        service = RunningService.shared().replica(Map.of());
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void everyMetricOfThisService_isThere() {
        Scrape scrape = service.scrape();
        for (Metric metric : Catalogue.ownedBy(ServiceName.AUTH)) {
            assertThat(scrape.types())
                    .as(metric.name())
                    .containsEntry(metric.name(), metric.kind().name().toLowerCase(java.util.Locale.ROOT));
        }
        List<String> known = Catalogue.all().stream().map(Metric::name).toList();
        assertThat(scrape.types().keySet())
                .filteredOn(name -> name.startsWith("tlac_"))
                .isSubsetOf(known);
    }

    @Test
    void countersExist_beforeTheirFirstEvent() {
        Scrape scrape = service.scrape();
        for (String status : List.of("success", "failed", "rate_limited")) {
            scrape.value("tlac_auth_login_attempts_total", "status", status);
        }
        for (String action : List.of("login", "logout", "create_user", "update_user", "bootstrap_admin")) {
            scrape.value("tlac_audit_entries_total", "action", action);
        }
        for (String operation : List.of("bootstrap", "create", "update", "delete", "import")) {
            scrape.value("tlac_admin_user_operations_total", "operation", operation);
        }
        for (String job : List.of("sessions", "login_attempts", "signing_keys")) {
            scrape.value("tlac_errors_total", "error_type", "background", "endpoint", job);
        }
        scrape.value("tlac_rate_limit_exceeded_total", "endpoint", "/api/auth/login", "limit_type", "login");
        assertThat(scrape.value("tlac_build_info", "version", "test")).isEqualTo(1);
    }

    private void awaitGauge(double value, String name, String... labels) {
        RunningService.await(name + " is " + value, () -> service.scrape().value(name, labels) == value);
    }

    @Test
    void sessionsGauge_followsTheDatabase() {
        String pupil = service.user("pupil");
        service.admin();
        service.clock().advance(Duration.ofHours(8));
        awaitGauge(0, "tlac_auth_sessions_active");
        SignedIn one = service.signIn(pupil, RunningService.PASSWORD);
        service.signIn(pupil, RunningService.PASSWORD);
        awaitGauge(2, "tlac_auth_sessions_active");
        service.post("/api/auth/logout", one, Map.of());
        awaitGauge(1, "tlac_auth_sessions_active");
        service.execute("update auth.users set active = false where username = ?", pupil);
        awaitGauge(0, "tlac_auth_sessions_active");
    }

    @Test
    void activeUsers_areThoseWhoSignedInWithinTheWindow() {
        service.clock().advance(Duration.ofDays(31));
        awaitGauge(0, "tlac_users_active", "window", "30d");
        String pupil = service.user("pupil");
        service.signIn(pupil, RunningService.PASSWORD);
        service.clock().advance(Duration.ofDays(2));
        service.signIn(service.user("teacher"), RunningService.PASSWORD);
        awaitGauge(1, "tlac_users_active", "window", "1d");
        awaitGauge(2, "tlac_users_active", "window", "7d");
        service.clock().advance(Duration.ofDays(6));
        awaitGauge(1, "tlac_users_active", "window", "7d");
        awaitGauge(2, "tlac_users_active", "window", "30d");
    }

    @Test
    void counts_areWhatTheDatabaseHolds() {
        SignedIn admin = service.admin();
        JsonNode before = service.get("/internal/counts", admin).json();
        List<String> fields = new ArrayList<>();
        before.fieldNames().forEachRemaining(fields::add);
        assertThat(fields)
                .containsExactly(
                        "users_active",
                        "sessions",
                        "audit_logs",
                        "total_users",
                        "active_users",
                        "total_pupils",
                        "total_teachers",
                        "total_admins",
                        "active_sessions",
                        "recent_logins_7d");
        service.execute("update auth.users set active = false where username = ?", service.user("pupil"));
        service.signIn(service.user("teacher"), RunningService.PASSWORD);
        JsonNode after = service.get("/internal/counts", admin).json();

        assertThat(grown(before, after, "total_users")).isEqualTo(2);
        assertThat(grown(before, after, "active_users")).isEqualTo(1);
        assertThat(grown(before, after, "total_pupils")).isEqualTo(1);
        assertThat(grown(before, after, "total_teachers")).isEqualTo(1);
        assertThat(grown(before, after, "total_admins")).isZero();
        assertThat(grown(before, after, "sessions")).isEqualTo(1);
        assertThat(grown(before, after, "active_sessions")).isEqualTo(1);
        assertThat(grown(before, after, "audit_logs")).isEqualTo(1);
        assertThat(grown(before.path("users_active"), after.path("users_active"), "teacher"))
                .isEqualTo(1);
        assertThat(grown(before.path("users_active"), after.path("users_active"), "pupil"))
                .isZero();
        assertThat(after.path("users_active").path("admin").asLong()).isEqualTo(1);
    }

    private static long grown(JsonNode before, JsonNode after, String field) {
        return after.required(field).asLong() - before.required(field).asLong();
    }
}
