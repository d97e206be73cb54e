package org.tlac.platform.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tlac.platform.db.AuditEntry;
import org.tlac.platform.db.AuditLog;
import org.tlac.platform.db.Database;
import org.tlac.platform.db.DatabaseConfig;
import org.tlac.platform.db.DatabaseException;
import org.tlac.platform.db.DatabaseException.Kind;
import org.tlac.platform.db.Migrations;
import org.tlac.platform.metrics.Metrics;
import org.tlac.platform.metrics.Owner;

/** platform/db against a real PostgreSQL. It stands here because the kit that starts one depends on platform/db. */
class DatabaseTest {

    private static final Metrics METRICS = Metrics.open(Owner.AUTH, "test");
    private static TestDatabase server;
    private static Database database;
    private Scrape before;

    @BeforeAll
    static void start() throws SQLException {
        server = TestDatabase.create();
        Migrations.run(server.config("auth"), "audit", "org/tlac/platform/db/audit");
        database = Database.open(server.config("auth"), METRICS);
        database.update(
                "create",
                "create table auth.things (id bigint primary key, name text not null, at timestamptz, ok boolean, "
                        + "raw bytea, tree jsonb, constraint things_name unique (name))",
                Map.of());
    }

    @AfterAll
    static void stop() {
        database.close();
        server.close();
    }

    @BeforeEach
    void clear() {
        database.update("clear", "delete from things", Map.of());
        before = Scrape.parse(METRICS.scrape());
    }

    @AfterEach
    void nothingLeaks() {
        assertThat(Scrape.parse(METRICS.scrape()).value("tlac_db_connections_active"))
                .isZero();
    }

    private record Thing(
            long id, String name, Optional<Instant> at, boolean ok, List<Byte> raw, Optional<String> tree) {}

    private static void insert(long id, String name) {
        database.update("insert", "insert into things (id, name) values (:id, :name)", Map.of("id", id, "name", name));
    }

    @Test
    void everyType_comesBackAsItWent() {
        Instant now = Instant.parse("2026-11-23T10:00:00.123456Z");
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("id", 1L);
        parameters.put("name", "ä? 'x' :y");
        parameters.put("at", now);
        parameters.put("ok", true);
        parameters.put("raw", new byte[] {0, -1});
        parameters.put("tree", "{\"a\": 1}");
        database.update(
                "insert", "insert into things values (:id, :name, :at, :ok, :raw, cast(:tree as jsonb))", parameters);
        assertThat(database.queryOne(
                        "one",
                        "select * from things where at = :at",
                        Map.of("at", now),
                        row -> new Thing(
                                row.longValue("id"),
                                row.string("name"),
                                row.optionalInstant("at"),
                                row.bool("ok"),
                                List.of(row.bytes("raw")[0], row.bytes("raw")[1]),
                                row.optionalString("tree"))))
                .contains(new Thing(
                        1,
                        "ä? 'x' :y",
                        Optional.of(now),
                        true,
                        List.of((byte) 0, (byte) -1),
                        Optional.of("{\"a\": 1}")));
    }

    @Test
    void nulls_goInAndComeOut() {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("at", null);
        parameters.put("tree", null);
        database.update(
                "insert",
                "insert into things (id, name, at, tree) values (1, 'n', :at, cast(:tree as jsonb))",
                parameters);
        assertThat(database.query(
                        "all",
                        "select at, tree, ok from things",
                        Map.of(),
                        row -> Arrays.asList(row.optionalInstant("at"), row.optionalString("tree"))))
                .containsExactly(List.of(Optional.empty(), Optional.empty()));
    }

    @Test
    void transaction_happensAsAWholeOrNotAtAll() {
        assertThatThrownBy(() -> database.inTransaction(tx -> {
                    tx.update("first", "insert into things (id, name) values (1, 'a')", Map.of());
                    tx.update("second", "insert into things (id, name) values (1, 'b')", Map.of());
                }))
                .isInstanceOf(DatabaseException.class);
        assertThatThrownBy(() -> database.inTransaction(tx -> {
                    tx.update("first", "insert into things (id, name) values (2, 'c')", Map.of());
                    throw new IllegalStateException("mind changed");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(count()).isZero();
        long inserted = database.transaction(
                tx -> tx.update("both", "insert into things (id, name) values (3, 'd'), (4, 'e')", Map.of()));
        assertThat(inserted).isEqualTo(2);
        assertThat(count()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "select nonsense from things | SYNTAX",
                "select * from nowhere | SYNTAX",
                "insert into things (id) values (1) | CONSTRAINT",
                "select 1/0 | OTHER",
                "select pg_sleep(30) | TIMEOUT",
                "select pg_terminate_backend(pg_backend_pid()) | CONNECTION"
            })
    void failures_areClassified_countedAndLeakNothing(String sql, Kind kind) {
        DatabaseConfig quick = server.config("auth");
        assertThat(quick.statementTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThatThrownBy(() -> database.query("failing", sql, Map.of(), row -> row.string("x")))
                .isInstanceOfSatisfying(DatabaseException.class, e -> {
                    assertThat(e.kind()).isEqualTo(kind);
                    assertThat(e.unavailable()).isEqualTo(kind == Kind.TIMEOUT || kind == Kind.CONNECTION);
                });
        String label = kind.name().toLowerCase(java.util.Locale.ROOT);
        assertThat(Scrape.parse(METRICS.scrape()).since(before, "tlac_db_errors_total", "error_type", label))
                .isEqualTo(1);
    }

    @Test
    void violatedConstraint_isNamed() {
        insert(1, "same");
        assertThatThrownBy(() -> insert(2, "same"))
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        e -> assertThat(e.violates("things_name")).isTrue());
    }

    @Test
    void mistakesOfCode_areSaidAndLeakNothing() {
        insert(1, "a");
        insert(2, "b");
        String all = "select id, at from things";
        assertThatThrownBy(() -> database.query("missing", "select :x", Map.of(), row -> 1))
                .isInstanceOf(DatabaseException.class);
        assertThatThrownBy(() -> database.query("unbindable", "select :x", Map.of("x", new Object()), row -> 1))
                .isInstanceOf(DatabaseException.class);
        assertThatThrownBy(() -> database.query("column", all, Map.of(), row -> row.string("nope")))
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> database.query("null", all, Map.of(), row -> row.instant("at")))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> database.queryOne("many", all, Map.of(), row -> 1))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> database.query("reader", all, Map.of(), row -> {
                    throw new IllegalArgumentException("reader");
                }))
                .isInstanceOf(IllegalArgumentException.class);
        // More mistakes than the pool has connections, so that a leak would show as a failure here.
        for (int i = 0; i < 30; i++) {
            assertThatThrownBy(() -> database.inTransaction(tx -> tx.query("missing", "select :x", Map.of(), row -> 1)))
                    .isInstanceOf(DatabaseException.class);
        }
        assertThat(count()).isEqualTo(2);
    }

    @Test
    void queries_areTimedByOperation() {
        insert(1, "a");
        count();
        database.update("touch", "update things set ok = true", Map.of());
        database.query("with", "with x as (select 1 as one) select one from x", Map.of(), row -> row.intValue("one"));
        Scrape after = Scrape.parse(METRICS.scrape());
        String metric = "tlac_db_query_duration_seconds_count";
        assertThat(after.since(before, metric, "operation", "insert")).isEqualTo(1);
        assertThat(after.since(before, metric, "operation", "select")).isEqualTo(1);
        assertThat(after.since(before, metric, "operation", "update")).isEqualTo(1);
        assertThat(after.since(before, metric, "operation", "other")).isEqualTo(1);
    }

    @Test
    void databaseAway_failsFastAndRecoversByItself() {
        server.cut();
        try {
            assertThat(database.reachable()).isFalse();
            assertThatThrownBy(DatabaseTest::count)
                    .isInstanceOfSatisfying(
                            DatabaseException.class,
                            e -> assertThat(e.unavailable()).isTrue());
        } finally {
            server.mend();
        }
        await(database::reachable);
        assertThat(count()).isZero();
    }

    @Test
    void roles_reachOnlyWhatIsTheirs() throws SQLException {
        try (Connection activity = server.as("activity");
                Statement statement = activity.createStatement()) {
            statement.execute("insert into audit.audit_logs (action, ip_address, user_agent) values ('x', '', '')");
            for (String forbidden : List.of(
                    "select * from audit.audit_logs",
                    "delete from audit.audit_logs",
                    "update audit.audit_logs set action = 'y'",
                    "select * from auth.things",
                    "create table public.mine (id int)",
                    "create table audit.mine (id int)",
                    "create database mine",
                    "create role mine")) {
                assertThatThrownBy(() -> statement.execute(forbidden))
                        .as(forbidden)
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("42501"));
            }
        }
        try (Connection backup = server.as("backup");
                Statement statement = backup.createStatement()) {
            statement.execute("select * from auth.things");
            assertThatThrownBy(() -> statement.execute("delete from auth.things"))
                    .isInstanceOf(SQLException.class);
        }
    }

    @Test
    void auditEntry_isWrittenInTheTransactionOfItsDeed() {
        AuditLog log = new AuditLog(METRICS, List.of("login"));
        AuditEntry entry = new AuditEntry("login", "ada.l", null, null, null, Map.of("n", 1), "10.0.0.1", "agent");
        assertThatThrownBy(() -> database.inTransaction(tx -> {
                    log.append(tx, entry);
                    throw new IllegalStateException("the deed failed");
                }))
                .isInstanceOf(IllegalStateException.class);
        String mine = "select count(*) as n from audit.audit_logs where action = 'login' and metadata = '{\"n\": 1}'";
        assertThat(database.queryOne("count", mine, Map.of(), row -> row.longValue("n")))
                .contains(0L);
        database.inTransaction(tx -> log.append(tx, entry));
        assertThat(database.queryOne("count", mine, Map.of(), row -> row.longValue("n")))
                .contains(1L);
    }

    @Test
    void server_isEmbeddedWhereDockerDoesNotAnswer() {
        TestServer embedded = TestServer.start(() -> false);
        assertThat(embedded.address().getHost()).isEqualTo("127.0.0.1");
    }

    private static long count() {
        return database.queryOne("count", "select count(*) as n from things", Map.of(), row -> row.longValue("n"))
                .orElseThrow();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
