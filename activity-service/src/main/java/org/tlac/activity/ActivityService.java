package org.tlac.activity;

import io.helidon.config.Config;
import java.time.Clock;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.tlac.activity.counts.CountRoutes;
import org.tlac.activity.course.WatchedCourse;
import org.tlac.activity.feedback.FeedbackRoutes;
import org.tlac.activity.marks.MarkRoutes;
import org.tlac.activity.marks.MarkStore;
import org.tlac.activity.state.RevisionRoutes;
import org.tlac.activity.state.StateRoutes;
import org.tlac.platform.db.AuditLog;
import org.tlac.platform.db.Database;
import org.tlac.platform.db.DiskSpace;
import org.tlac.platform.db.Migrations;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;
import org.tlac.platform.http.ServiceServer;
import org.tlac.platform.identity.JwksClient;
import org.tlac.platform.identity.TokenVerifier;
import org.tlac.platform.metrics.Metrics;
import org.tlac.platform.metrics.ServiceName;
import org.tlac.platform.security.ServiceSecurity;

/** activity-service, put together. */
public final class ActivityService {

    private static final String SCHEMA = "activity";

    private ActivityService() {}

    /**
     * Starts the service: course, database and migrations first, the port last.
     *
     * @return the running server; closing it stops everything
     * @throws RuntimeException that says what is missing, in words for an operator
     */
    public static ServiceServer start(Config config) {
        // Milliseconds: what is answered at once is then what the database gives back later.
        return start(ActivityConfig.from(config), Clock.tickMillis(ZoneOffset.UTC));
    }

    static ServiceServer start(ActivityConfig config, InstantSource clock) {
        Metrics metrics = Metrics.open(ServiceName.ACTIVITY, version());
        ActivityMetrics counted = new ActivityMetrics(metrics);
        WatchedCourse course = WatchedCourse.open(
                config.courseFolder(), config.coursePoll(), clock, counted::course, counted::courseBroken);
        Migrations.run(config.database(), SCHEMA, "org/tlac/activity/migrations");
        Database database = Database.open(config.database(), metrics);
        DiskSpace disk = new DiskSpace(config.disk(), "database", metrics);
        AuditLog audit = new AuditLog(
                metrics,
                Stream.concat(MarkRoutes.AUDITED.stream(), FeedbackRoutes.AUDITED.stream())
                        .toList());
        MarkStore marks = new MarkStore();
        Routes routes = new StateRoutes(database, marks, counted, clock, config.stateBytes(), config.userBytes())
                .routes()
                .and(new FeedbackRoutes(database, audit, clock).routes())
                .and(new MarkRoutes(database, marks, audit, counted, clock).routes())
                .and(new RevisionRoutes(database, config.answerBytes()).routes())
                .and(new CountRoutes(database).routes());
        return ServiceServer.builder(config.server(), metrics)
                .routes(routes.map(route -> keptFromFullDisk(route, disk)))
                .authentication(
                        new ServiceSecurity(new TokenVerifier(new JwksClient(config.jwks(), clock), clock), Map.of()))
                .readiness("database", database::reachable)
                .closing(disk)
                .closing(course)
                .closing(database)
                .start();
    }

    private static Route keptFromFullDisk(Route route, DiskSpace disk) {
        if (route.method().equals("GET")) {
            return route;
        }
        return route.handledBy(call -> {
            disk.requireSpace();
            return route.handler().handle(call);
        });
    }

    /** From the jar's manifest; classes outside a jar have none. */
    private static String version() {
        return Optional.ofNullable(ActivityService.class.getPackage().getImplementationVersion())
                .orElse("dev");
    }
}
