package org.tlac.platform.metrics;

import static org.tlac.platform.metrics.Metric.Kind.COUNTER;
import static org.tlac.platform.metrics.Metric.Kind.GAUGE;
import static org.tlac.platform.metrics.Metric.Kind.HISTOGRAM;
import static org.tlac.platform.metrics.Metric.Merge.EDGE;
import static org.tlac.platform.metrics.Metric.Merge.MAX;
import static org.tlac.platform.metrics.Metric.Merge.SUM;
import static org.tlac.platform.metrics.ServiceName.ACTIVITY;
import static org.tlac.platform.metrics.ServiceName.AUTH;
import static org.tlac.platform.metrics.ServiceName.BACKUP;
import static org.tlac.platform.metrics.ServiceName.GATEWAY;
import static org.tlac.platform.metrics.ServiceName.RUNNER;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tlac.platform.metrics.Metric.Label;

/**
 * Every metric of TLAC, declared once: the only place where a {@code tlac_} name is written. Names, types and labels of the first part
 * are fixed by the monitoring guide that schools build dashboards on.
 */
public final class Catalogue {

    /** How every metric of ours begins. */
    public static final String PREFIX = "tlac_";

    private static final Set<ServiceName> EVERYONE = Set.of(ServiceName.values());
    private static final Set<ServiceName> WITH_DATABASE = Set.of(AUTH, ACTIVITY, BACKUP);
    private static final List<Double> NO_BUCKETS = List.of();

    /** Error types of {@link #ERRORS}: a fixed set, so that nothing a client sends can add a series. */
    public static final List<String> ERROR_TYPES = List.of(
            "internal",
            "database",
            "database_busy",
            "disk_full",
            "upstream_unavailable",
            "upstream_timeout",
            "upstream_invalid",
            "background");

    public static final Metric HTTP_REQUESTS = new Metric(
            "tlac_http_requests_total",
            COUNTER,
            "HTTP requests answered.",
            List.of(Label.of("method"), Label.of("endpoint"), Label.of("status")),
            NO_BUCKETS,
            EVERYONE,
            EDGE);

    public static final Metric HTTP_REQUEST_DURATION = new Metric(
            "tlac_http_request_duration_seconds",
            HISTOGRAM,
            "Time from a request's head to the end of its answer.",
            List.of(Label.of("method"), Label.of("endpoint")),
            List.of(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 2.5, 5.0, 10.0),
            EVERYONE,
            EDGE);

    public static final Metric HTTP_REQUESTS_IN_PROGRESS = new Metric(
            "tlac_http_requests_in_progress",
            GAUGE,
            "HTTP requests being answered.",
            List.of(Label.of("method"), Label.of("endpoint")),
            NO_BUCKETS,
            EVERYONE,
            EDGE);

    public static final Metric LOGIN_ATTEMPTS = new Metric(
            "tlac_auth_login_attempts_total",
            COUNTER,
            "Login attempts by outcome.",
            List.of(Label.of("status", "success", "failed", "rate_limited")),
            NO_BUCKETS,
            Set.of(AUTH),
            SUM);

    public static final Metric SESSIONS_ACTIVE = new Metric(
            "tlac_auth_sessions_active",
            GAUGE,
            "Unexpired sessions of active users.",
            List.of(),
            NO_BUCKETS,
            Set.of(AUTH),
            MAX);

    public static final Metric ACTIVITY_SAVES = new Metric(
            "tlac_activity_saves_total",
            COUNTER,
            "Saves of an activity's state by lesson; lessons outside the course share 'other'.",
            List.of(Label.of("lesson_id")),
            NO_BUCKETS,
            Set.of(ACTIVITY),
            SUM);

    public static final Metric ACTIVITY_SAVE_DURATION = new Metric(
            "tlac_activity_save_duration_seconds",
            HISTOGRAM,
            "Time to store one save.",
            List.of(),
            List.of(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
            Set.of(ACTIVITY),
            SUM);

    public static final Metric PYTHON_RUNS = new Metric(
            "tlac_python_runs_total",
            COUNTER,
            "Programs run, by how they ended.",
            List.of(Label.of("status", "success", "error", "timeout")),
            NO_BUCKETS,
            Set.of(RUNNER),
            SUM);

    public static final Metric PYTHON_RUN_DURATION = new Metric(
            "tlac_python_run_duration_seconds",
            HISTOGRAM,
            "Time from a program's start to its end.",
            List.of(),
            List.of(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0),
            Set.of(RUNNER),
            SUM);

    public static final Metric RATE_LIMIT_EXCEEDED = new Metric(
            "tlac_rate_limit_exceeded_total",
            COUNTER,
            "Requests refused because a limit was reached.",
            List.of(Label.of("endpoint"), Label.of("limit_type")),
            NO_BUCKETS,
            Set.of(GATEWAY, AUTH, RUNNER),
            SUM);

    public static final Metric RATE_LIMIT_USAGE = new Metric(
            "tlac_rate_limit_usage",
            HISTOGRAM,
            "Percent of the caller's limit used, observed at each request.",
            List.of(Label.of("endpoint")),
            List.of(10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 100.0),
            Set.of(GATEWAY, AUTH, RUNNER),
            SUM);

    public static final Metric DB_CONNECTIONS_ACTIVE = new Metric(
            "tlac_db_connections_active",
            GAUGE,
            "Database connections in use.",
            List.of(),
            NO_BUCKETS,
            WITH_DATABASE,
            SUM);

    public static final Metric DB_QUERY_DURATION = new Metric(
            "tlac_db_query_duration_seconds",
            HISTOGRAM,
            "Time of one database statement, failed ones included.",
            List.of(Label.of("operation", "select", "insert", "update", "delete", "other")),
            List.of(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
            WITH_DATABASE,
            SUM);

    public static final Metric DB_ERRORS = new Metric(
            "tlac_db_errors_total",
            COUNTER,
            "Failed database statements by class of SQLSTATE.",
            List.of(Label.of("error_type", "connection", "timeout", "constraint", "serialization", "syntax", "other")),
            NO_BUCKETS,
            WITH_DATABASE,
            SUM);

    public static final Metric BACKUP_DURATION = new Metric(
            "tlac_backup_duration_seconds",
            HISTOGRAM,
            "Time of one backup, its proof by restore included.",
            List.of(),
            List.of(1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 3600.0),
            Set.of(BACKUP),
            SUM);

    public static final Metric BACKUP_SIZE = new Metric(
            "tlac_backup_size_bytes",
            GAUGE,
            "Size of the newest good backup.",
            List.of(Label.of("backup_type", "database", "data")),
            NO_BUCKETS,
            Set.of(BACKUP),
            MAX);

    public static final Metric BACKUP_LAST_SUCCESS = new Metric(
            "tlac_backup_last_success_timestamp",
            GAUGE,
            "Unix seconds of the newest backup proven by a restore; 0 when there is none.",
            List.of(),
            NO_BUCKETS,
            Set.of(BACKUP),
            MAX);

    public static final Metric ERRORS = new Metric(
            "tlac_errors_total",
            COUNTER,
            "Unexpected failures: answers of 500 and above, and failed background jobs.",
            List.of(new Label("error_type", ERROR_TYPES), Label.of("endpoint")),
            NO_BUCKETS,
            EVERYONE,
            SUM);

    // Ours, beyond the guide.

    public static final Metric BUILD_INFO = new Metric(
            "tlac_build_info",
            GAUGE,
            "Always 1; the label tells the version that runs.",
            List.of(Label.of("version")),
            NO_BUCKETS,
            EVERYONE,
            MAX);

    public static final Metric LISTENER_UP = new Metric(
            "tlac_listener_up",
            GAUGE,
            "1 while the service's own probe gets an answer from its public listener, 0 while it does not.",
            List.of(),
            NO_BUCKETS,
            EVERYONE,
            MAX);

    public static final Metric CONNECTIONS_OPEN = new Metric(
            "tlac_connections_open",
            GAUGE,
            "Connections of clients that are open at the gateway's public listeners.",
            List.of(),
            NO_BUCKETS,
            Set.of(GATEWAY),
            SUM);

    public static final Metric CONNECTIONS_MAX = new Metric(
            "tlac_connections_max",
            GAUGE,
            "Most connections of clients that the gateway's public listeners take at once.",
            List.of(),
            NO_BUCKETS,
            Set.of(GATEWAY),
            SUM);

    public static final Metric CONNECTIONS_REFUSED = new Metric(
            "tlac_connections_refused_total",
            COUNTER,
            "Connections closed by a limit: of all connections, of those of one address, or of the time that a client may take.",
            List.of(Label.of("reason", "total", "address", "deadline")),
            NO_BUCKETS,
            Set.of(GATEWAY),
            SUM);

    public static final Metric DB_CONNECTIONS_MAX = new Metric(
            "tlac_db_connections_max",
            GAUGE,
            "Largest number of database connections the pool may open.",
            List.of(),
            NO_BUCKETS,
            WITH_DATABASE,
            SUM);

    public static final Metric DB_CONNECTIONS_PENDING = new Metric(
            "tlac_db_connections_pending",
            GAUGE,
            "Callers waiting for a database connection.",
            List.of(),
            NO_BUCKETS,
            WITH_DATABASE,
            SUM);

    public static final Metric DISK_FREE = new Metric(
            "tlac_disk_free_bytes",
            GAUGE,
            "Free space on the disk of the database, or of the backups, where it is on this machine.",
            List.of(Label.of("volume", "database", "backups")),
            NO_BUCKETS,
            Set.of(ACTIVITY, BACKUP),
            MAX);

    public static final Metric DISK_SIZE = new Metric(
            "tlac_disk_size_bytes",
            GAUGE,
            "Size of that disk.",
            List.of(Label.of("volume", "database", "backups")),
            NO_BUCKETS,
            Set.of(ACTIVITY, BACKUP),
            MAX);

    public static final Metric DISK_RESERVE = new Metric(
            "tlac_disk_reserve_bytes",
            GAUGE,
            "Free space below which saves, or backups, are refused.",
            List.of(Label.of("volume", "database", "backups")),
            NO_BUCKETS,
            Set.of(ACTIVITY, BACKUP),
            MAX);

    public static final Metric PYTHON_QUEUE_DEPTH = new Metric(
            "tlac_python_queue_depth",
            GAUGE,
            "Programs waiting for a slot.",
            List.of(),
            NO_BUCKETS,
            Set.of(RUNNER),
            SUM);

    public static final Metric PYTHON_SESSIONS = new Metric(
            "tlac_python_sessions",
            GAUGE,
            "Programs that are talked to, from their start to their end; they have slots of their own.",
            List.of(),
            NO_BUCKETS,
            Set.of(RUNNER),
            SUM);

    public static final Metric PYTHON_SLOTS = new Metric(
            "tlac_python_slots",
            GAUGE,
            "Sandbox slots by what they are doing.",
            List.of(Label.of("state", "idle", "busy", "starting", "broken")),
            NO_BUCKETS,
            Set.of(RUNNER),
            SUM);

    public static final Metric PYTHON_RUN_WAIT = new Metric(
            "tlac_python_run_wait_seconds",
            HISTOGRAM,
            "Time a program waited for a slot.",
            List.of(),
            List.of(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
            Set.of(RUNNER),
            SUM);

    public static final Metric PYTHON_ISOLATION = new Metric(
            "tlac_python_isolation",
            GAUGE,
            "1 for the isolation level programs run at, 0 for the others.",
            List.of(Label.of("level", "full", "process", "none")),
            NO_BUCKETS,
            Set.of(RUNNER),
            MAX);

    public static final Metric BACKUP_RUNS = new Metric(
            "tlac_backup_runs_total",
            COUNTER,
            "Backups taken by outcome.",
            List.of(Label.of("status", "success", "failed")),
            NO_BUCKETS,
            Set.of(BACKUP),
            SUM);

    public static final Metric BACKUP_VERIFIED = new Metric(
            "tlac_backup_verified_total",
            COUNTER,
            "Backups restored into a scratch database and compared, by outcome.",
            List.of(Label.of("status", "success", "failed")),
            NO_BUCKETS,
            Set.of(BACKUP),
            SUM);

    public static final Metric USERS_ACTIVE = new Metric(
            "tlac_users_active",
            GAUGE,
            "Users who signed in within the window.",
            List.of(Label.of("window", "1d", "7d", "30d")),
            NO_BUCKETS,
            Set.of(AUTH),
            MAX);

    public static final Metric ACTIVITY_COMPLETIONS = new Metric(
            "tlac_activity_completions_total",
            COUNTER,
            "Activities a teacher marked complete that were not before.",
            List.of(),
            NO_BUCKETS,
            Set.of(ACTIVITY),
            SUM);

    public static final Metric TEACHER_MARKS = new Metric(
            "tlac_teacher_marks_total",
            COUNTER,
            "Marks given by teachers.",
            List.of(Label.of("kind", "activity", "answer")),
            NO_BUCKETS,
            Set.of(ACTIVITY),
            SUM);

    public static final Metric ADMIN_USER_OPERATIONS = new Metric(
            "tlac_admin_user_operations_total",
            COUNTER,
            "Changes of accounts by admins.",
            List.of(Label.of("operation", "bootstrap", "create", "update", "delete", "import")),
            NO_BUCKETS,
            Set.of(AUTH),
            SUM);

    public static final Metric AUDIT_ENTRIES = new Metric(
            "tlac_audit_entries_total",
            COUNTER,
            "Entries written to the audit log.",
            List.of(Label.of("action")),
            NO_BUCKETS,
            WITH_DATABASE,
            SUM);

    private static final List<Metric> ALL = declared();

    private Catalogue() {}

    /** Every metric, in the order of declaration. */
    public static List<Metric> all() {
        return ALL;
    }

    public static Optional<Metric> find(String name) {
        return ALL.stream().filter(metric -> metric.name().equals(name)).findFirst();
    }

    public static List<Metric> ownedBy(ServiceName owner) {
        return ALL.stream().filter(metric -> metric.owners().contains(owner)).toList();
    }

    /** Reads the constants above, so that declaring a metric is all it takes to add one. */
    private static List<Metric> declared() {
        return Arrays.stream(Catalogue.class.getFields())
                .filter(field -> field.getType() == Metric.class)
                .map(field -> {
                    try {
                        return (Metric) field.get(null);
                    } catch (IllegalAccessException e) {
                        throw new AssertionError("getFields() returns public fields only", e);
                    }
                })
                .toList();
    }
}
