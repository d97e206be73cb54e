package org.tlac.platform.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
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
import org.tlac.platform.db.Transaction;
import org.tlac.platform.metrics.Metrics;
import org.tlac.platform.metrics.ServiceName;

/** platform/db against a real PostgreSQL. It stands here because the kit that starts one depends on platform/db. */
class DatabaseTest {

    private static final Metrics METRICS = Metrics.open(ServiceName.AUTH, "test");
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
                    "select * from audit.flyway_schema_history",
                    "delete from audit.flyway_schema_history",
                    "insert into audit.flyway_schema_history select * from audit.flyway_schema_history",
                    "insert into audit.flyway_schema_history (installed_rank, description, type, script, installed_by, "
                            + "execution_time, success) values (9, '', '', '', '', 0, true)",
                    "create temporary table mine (id int)",
                    "alter role activity superuser",
                    "set role auth",
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
        assertThat(Scrape.parse(METRICS.scrape()).since(before, "tlac_audit_entries_total", "action", "login"))
                .as("an entry that was undone is not counted")
                .isZero();
        database.inTransaction(tx -> log.append(tx, entry));
        assertThat(Scrape.parse(METRICS.scrape()).since(before, "tlac_audit_entries_total", "action", "login"))
                .isEqualTo(1);
        assertThat(database.queryOne("count", mine, Map.of(), row -> row.longValue("n")))
                .contains(1L);
    }

    @Test
    void sqlOfPostgres_worksAsItIsWritten() {
        String sql = "select :tree::jsonb ? :key as has, '10:30 ?'::text as text, :key || '?' as key -- :comment ?";
        assertThat(database.queryOne(
                        "sql",
                        sql,
                        Map.of("tree", "{\"a\": 1}", "key", "a"),
                        row -> row.bool("has") + row.string("text") + row.string("key")))
                .contains("true10:30 ?a?");
    }

    @Test
    void uuidsAndArrays_needNoCast() {
        UUID id = UUID.randomUUID();
        insert(1, "a");
        insert(2, "b");
        insert(3, "c");
        String some = "select id from things where id = any(:ids) or name = any(:names) order by id";
        Map<String, Object> parameters = Map.of("ids", new long[] {1}, "names", new String[] {"c", "d"});
        assertThat(database.query("some", some, parameters, row -> row.longValue("id")))
                .containsExactly(1L, 3L);
        assertThat(database.query(
                        "none", some, Map.of("ids", new long[0], "names", new String[0]), row -> row.longValue("id")))
                .isEmpty();
        assertThat(database.queryOne(
                        "uuid",
                        "select :id as id where :id = cast(:text as uuid)",
                        Map.of("id", id, "text", id.toString()),
                        row -> row.uuid("id")))
                .contains(id);
    }

    @Test
    void swallowedFailure_isNotCommitted() {
        assertThatThrownBy(() -> database.inTransaction(tx -> {
                    tx.update("good", "insert into things (id, name) values (1, 'a')", Map.of());
                    try {
                        tx.update("bad", "insert into things (id) values (2)", Map.of());
                    } catch (DatabaseException e) {
                        assertThat(e.kind()).isEqualTo(Kind.CONSTRAINT);
                    }
                }))
                .isInstanceOf(DatabaseException.class);
        assertThat(count()).isZero();
    }

    @Test
    void failureThatTheCommitFinds_isClassifiedAndCounted() {
        database.update(
                "create", "create table if not exists late (id bigint unique deferrable initially deferred)", Map.of());
        assertThatThrownBy(() ->
                        database.inTransaction(tx -> tx.update("twice", "insert into late values (1), (1)", Map.of())))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CONSTRAINT));
        assertThat(Scrape.parse(METRICS.scrape()).since(before, "tlac_db_errors_total", "error_type", "constraint"))
                .isEqualTo(1);
    }

    @Test
    void databaseWithinItsTransaction_isRefused() {
        assertThatThrownBy(() -> database.inTransaction(tx -> {
                    tx.update("mine", "insert into things (id, name) values (1, 'a')", Map.of());
                    count();
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("on the transaction");
        assertThatThrownBy(() -> database.inTransaction(tx -> database.inTransaction(inner -> {})))
                .isInstanceOf(IllegalStateException.class);
        assertThat(count()).isZero();
    }

    @Test
    void transactionThatIsOver_takesNoStatements() {
        AtomicReference<Transaction> kept = new AtomicReference<>();
        database.inTransaction(kept::set);
        assertThatThrownBy(() -> kept.get().update("late", "delete from things", Map.of()))
                .isInstanceOf(DatabaseException.class);
        database.inTransaction(tx -> {
            kept.set(tx);
            tx.update("in time", "delete from things", Map.of());
        });
        assertThatThrownBy(() -> kept.get().update("late", "delete from things", Map.of()))
                .isInstanceOf(DatabaseException.class);
    }

    @Test
    void onCommit_happensOnlyWhenItWasCommitted() {
        List<String> done = new ArrayList<>();
        database.inTransaction(tx -> {
            tx.onCommit(() -> done.add("first, " + count()));
            tx.update("one", "insert into things (id, name) values (1, 'a')", Map.of());
            tx.onCommit(() -> done.add("second"));
            assertThat(done).isEmpty();
        });
        assertThat(done).containsExactly("first, 1", "second");
        assertThatThrownBy(() -> database.inTransaction(tx -> {
                    tx.onCommit(() -> done.add("never"));
                    tx.update("same", "insert into things (id, name) values (1, 'a')", Map.of());
                }))
                .isInstanceOf(DatabaseException.class);
        assertThat(done).hasSize(2);
        database.onCommit(() -> done.add("at once"));
        assertThat(done).hasSize(3);
    }

    @Test
    void errorInAReader_leaksNothing() {
        for (int i = 0; i < 30; i++) {
            assertThatThrownBy(() -> database.query("error", "select 1", Map.of(), row -> {
                        throw new StackOverflowError();
                    }))
                    .isInstanceOf(StackOverflowError.class);
        }
    }

    @Test
    void messages_holdNoDataOfPupils() {
        insert(1, "secret.pupil");
        assertThatThrownBy(() -> insert(2, "secret.pupil"))
                .satisfies(e -> assertThat(org.assertj.core.util.Throwables.getStackTrace(e))
                        .contains("things_name")
                        .doesNotContain("secret.pupil"));
    }

    @Test
    void poolInUse_isBusyAndNotAway() throws Exception {
        int size = server.config("auth").poolSize();
        CountDownLatch taken = new CountDownLatch(size);
        CountDownLatch release = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < size; i++) {
                threads.execute(() -> holdConnection(taken, release));
            }
            assertThat(taken.await(30, TimeUnit.SECONDS)).isTrue();
            Scrape busy = Scrape.parse(METRICS.scrape());
            assertThat(busy.value("tlac_db_connections_active")).isEqualTo(size);
            assertThat(busy.value("tlac_db_connections_max")).isEqualTo(size);
            assertThat(database.reachable()).isTrue();
            assertThatThrownBy(DatabaseTest::count)
                    .isInstanceOfSatisfying(
                            DatabaseException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CONNECTION));
            release.countDown();
        }
        assertThat(count()).isZero();
    }

    @Test
    void connectionsThatTheServerClosed_areReplaced() throws SQLException {
        count();
        try (Connection superuser = server.superuser();
                Statement statement = superuser.createStatement()) {
            statement.execute("select pg_terminate_backend(pid) from pg_stat_activity "
                    + "where usename = 'auth' and datname = current_database()");
        }
        await(() -> {
            try {
                return count() == 0;
            } catch (DatabaseException e) {
                assertThat(e.kind()).isEqualTo(Kind.CONNECTION);
                return false;
            }
        });
    }

    private static long count() {
        return database.queryOne("count", "select count(*) as n from things", Map.of(), row -> row.longValue("n"))
                .orElseThrow();
    }

    /** Tries again while the pool is still opening connections. */
    private static void holdConnection(CountDownLatch taken, CountDownLatch release) {
        await(() -> {
            try {
                database.inTransaction(tx -> {
                    taken.countDown();
                    assertThat(release)
                            .satisfies(latch -> assertThat(latch.await(30, TimeUnit.SECONDS))
                                    .isTrue());
                });
                return true;
            } catch (DatabaseException e) {
                return false;
            }
        });
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
