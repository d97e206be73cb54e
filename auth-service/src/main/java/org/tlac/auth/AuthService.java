package org.tlac.auth;

import io.helidon.config.Config;
import java.time.Clock;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.tlac.auth.counts.AccountGauges;
import org.tlac.auth.counts.CountRoutes;
import org.tlac.auth.keys.KeyRoutes;
import org.tlac.auth.keys.SigningKeys;
import org.tlac.auth.login.LoginAttempts;
import org.tlac.auth.login.LoginRoutes;
import org.tlac.auth.login.PasswordCheck;
import org.tlac.auth.login.PasswordRoutes;
import org.tlac.auth.maintenance.MaintenanceJobs;
import org.tlac.auth.passwords.PasswordHasher;
import org.tlac.auth.session.OwnSession;
import org.tlac.auth.session.SessionRoutes;
import org.tlac.auth.session.Sessions;
import org.tlac.auth.users.BootstrapRoutes;
import org.tlac.auth.users.UserRoutes;
import org.tlac.auth.users.Users;
import org.tlac.platform.db.AuditLog;
import org.tlac.platform.db.Database;
import org.tlac.platform.db.Migrations;
import org.tlac.platform.http.Routes;
import org.tlac.platform.http.ServiceServer;
import org.tlac.platform.identity.ServiceSecret;
import org.tlac.platform.identity.TokenVerifier;
import org.tlac.platform.metrics.Metrics;
import org.tlac.platform.metrics.ServiceName;
import org.tlac.platform.security.ServiceSecurity;

/** auth-service, put together. */
public final class AuthService {

    private static final String SCHEMA = "auth";
    private static final List<String> AUDITED = Stream.of(
                    LoginRoutes.AUDITED,
                    SessionRoutes.AUDITED,
                    PasswordRoutes.AUDITED,
                    UserRoutes.AUDITED,
                    BootstrapRoutes.AUDITED)
            .flatMap(List::stream)
            .toList();

    private AuthService() {}

    /**
     * Starts the service: migrations and keys first, the port last.
     *
     * @return the running server; closing it stops everything
     * @throws RuntimeException that says what is missing, in words for an operator
     */
    public static ServiceServer start(Config config) {
        // Milliseconds: what is answered at once is then what the database gives back later.
        return start(
                AuthConfig.from(config), Metrics.open(ServiceName.AUTH, version()), Clock.tickMillis(ZoneOffset.UTC));
    }

    static ServiceServer start(AuthConfig config, Metrics metrics, InstantSource clock) {
        ServiceSecret gateway = ServiceSecret.read(config.serviceSecretFile());
        // The audit log first: an index of ours stands on it.
        Migrations.run(config.database(), "audit", "org/tlac/platform/db/audit");
        Migrations.run(config.database(), SCHEMA, "org/tlac/auth/migrations");
        Database database = Database.open(config.database(), metrics);
        SigningKeys keys = new SigningKeys(database, config.keys(), clock);
        keys.maintain();

        Sessions sessions = new Sessions(config.sessionTtl());
        LoginAttempts attempts = new LoginAttempts(config.forgetFailures(), config.knownAddress());
        PasswordHasher hasher = new PasswordHasher(config.concurrentHashes(), config.hashWait());
        Map<String, Runnable> jobs = new LinkedHashMap<>();
        jobs.put("sessions", () -> sessions.purge(database, clock.instant()));
        jobs.put("login_attempts", () -> attempts.purge(database, clock.instant()));
        jobs.put("signing_keys", keys::maintain);
        AuthMetrics counted = new AuthMetrics(metrics, jobs.keySet());
        AuditLog audit = new AuditLog(metrics, AUDITED);
        AccountGauges.register(metrics, database, clock);
        Parts parts = new Parts(config, database, keys, sessions, attempts, hasher, audit, counted, clock);
        return ServiceServer.builder(config.server(), metrics)
                .routes(routes(parts))
                .authentication(
                        new ServiceSecurity(new TokenVerifier(keys, clock), Map.of(ServiceName.GATEWAY.id(), gateway)))
                .readiness("database", database::reachable)
                .closing(database)
                .closing(hasher)
                .closing(MaintenanceJobs.start(jobs, config.upkeep(), counted::jobFailed))
                .start();
    }

    private record Parts(
            AuthConfig config,
            Database database,
            SigningKeys keys,
            Sessions sessions,
            LoginAttempts attempts,
            PasswordHasher hasher,
            AuditLog audit,
            AuthMetrics metrics,
            InstantSource clock) {}

    private static Routes routes(Parts p) {
        Users users = new Users();
        OwnSession own = new OwnSession(p.database, p.sessions, p.clock);
        PasswordCheck check = new PasswordCheck(p.database, users, p.attempts, p.hasher, p.clock);
        return new KeyRoutes(p.keys)
                .routes()
                .and(new LoginRoutes(check, users, p.sessions, p.audit, p.metrics, p.clock).routes())
                .and(new SessionRoutes(p.database, p.sessions, own, p.keys, p.audit, p.config.tokenLifetime(), p.clock)
                        .routes())
                .and(new PasswordRoutes(p.database, check, own, users, p.sessions, p.hasher, p.audit, p.metrics)
                        .routes())
                .and(new BootstrapRoutes(p.database, users, p.hasher, p.audit, p.metrics, p.clock).routes())
                .and(new UserRoutes(p.database, users, p.hasher, p.audit, p.metrics, p.clock).routes())
                .and(new CountRoutes(p.database, p.clock).routes());
    }

    /** From the jar's manifest; classes outside a jar have none. */
    private static String version() {
        return Optional.ofNullable(AuthService.class.getPackage().getImplementationVersion())
                .orElse("dev");
    }
}
