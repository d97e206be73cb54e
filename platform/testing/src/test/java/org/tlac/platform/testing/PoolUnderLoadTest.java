package org.tlac.platform.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tlac.platform.db.Database;
import org.tlac.platform.db.DatabaseConfig;
import org.tlac.platform.db.DatabaseException;
import org.tlac.platform.db.DatabaseException.Outage;
import org.tlac.platform.metrics.Metrics;
import org.tlac.platform.metrics.ServiceName;

/** Many more callers than connections: a pool that is full is no database that is away, and the other way round. */
@Timeout(90)
class PoolUnderLoadTest {

    private static final int CALLERS = 300;
    private static final Metrics METRICS = Metrics.open(ServiceName.AUTH, "test");
    private static TestDatabase server;

    private final List<Database> opened = new ArrayList<>();
    private final Scrape before = Scrape.parse(METRICS.scrape());

    @BeforeAll
    static void start() throws SQLException {
        server = TestDatabase.create();
        try (Connection auth = server.as("auth");
                Statement statement = auth.createStatement()) {
            statement.execute("create table auth.work (id bigint generated always as identity primary key, name text)");
        }
    }

    @AfterEach
    void close() throws SQLException {
        server.mend();
        opened.forEach(Database::close);
        // The server works on for callers that are gone.
        try (Connection superuser = server.superuser();
                Statement statement = superuser.createStatement()) {
            statement.execute("select pg_terminate_backend(pid) from pg_stat_activity "
                    + "where usename = 'auth' and datname = current_database()");
        }
        await(() -> server.connections("auth") == 0);
    }

    private Database open(int poolSize, Duration waitTimeout) {
        DatabaseConfig quick = server.config("auth");
        Database database = Database.open(
                new DatabaseConfig(
                        quick.url(),
                        quick.username(),
                        quick.passwordFile(),
                        poolSize,
                        poolSize,
                        quick.connectTimeout(),
                        waitTimeout,
                        Duration.ofSeconds(60),
                        quick.startTimeout()),
                METRICS);
        opened.add(database);
        return database;
    }

    private double now(String metric) {
        return Scrape.parse(METRICS.scrape()).value(metric);
    }

    private double failures(String errorType) {
        return Scrape.parse(METRICS.scrape()).since(before, "tlac_db_errors_total", "error_type", errorType);
    }

    /** The server works 0.15 s on each: together they take longer than a database that is away would be given. */
    @Test
    void threeHundredSavesAtOnce_rightAfterTheStart_allSucceed() throws Exception {
        Database database = open(20, Duration.ofSeconds(30));
        List<Future<Boolean>> saves = new ArrayList<>();
        try (ExecutorService pupils = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CALLERS; i++) {
                saves.add(pupils.submit(() -> save(database)));
            }
        }
        for (Future<Boolean> save : saves) {
            assertThat(save.get()).isTrue();
        }
        assertThat(database.queryOne("count", "select count(*) as n from work", Map.of(), row -> row.longValue("n")))
                .contains((long) CALLERS);
        assertThat(failures("connection") + failures("timeout")).isZero();
        assertThat(now("tlac_db_connections_active")).isZero();
        assertThat(now("tlac_db_connections_pending")).isZero();
    }

    private static boolean save(Database database) {
        return database.transaction(tx -> {
            tx.update("work", "insert into work (name) select 'x' from pg_sleep(0.15)", Map.of());
            return true;
        });
    }

    @Test
    void databaseThatStopsWhileThreeHundredWait_isAwayToAllOfThem_longBeforeTheirTimeIsOver() throws Exception {
        Database database = open(20, Duration.ofSeconds(60));
        List<Future<Outage>> calls = new ArrayList<>();
        try (ExecutorService pupils = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CALLERS; i++) {
                calls.add(pupils.submit(() -> outage(database)));
            }
            await(() -> now("tlac_db_connections_pending") == CALLERS - 20);
            long start = System.nanoTime();
            server.cut();
            for (Future<Outage> call : calls) {
                assertThat(call.get()).isEqualTo(Outage.AWAY);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        }
        assertThat(failures("connection")).isEqualTo(CALLERS);
        server.mend();
        await(database::reachable);
        assertThat(outageOf(database, "select 1 as n")).isNull();
    }

    private static Outage outage(Database database) {
        return outageOf(database, "select 1 as n from pg_sleep(50)");
    }

    private static Outage outageOf(Database database, String sql) {
        try {
            database.query("sleep", sql, Map.of(), row -> row.intValue("n"));
            return null;
        } catch (DatabaseException e) {
            return e.outage().orElseThrow();
        }
    }

    @Test
    void poolThatStaysFull_isBusy_afterTheWholeWait_andNotCountedAsAway() throws Exception {
        Duration wait = Duration.ofMillis(1500);
        Database database = open(2, wait);
        CountDownLatch release = new CountDownLatch(1);
        try (ExecutorService others = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch taken = new CountDownLatch(2);
            for (int i = 0; i < 2; i++) {
                others.execute(() -> hold(database, taken, release));
            }
            taken.await();
            long start = System.nanoTime();
            assertThatThrownBy(() -> save(database)).isInstanceOfSatisfying(DatabaseException.class, e -> {
                assertThat(e.outage()).contains(Outage.BUSY);
                assertThat(e.unavailable()).isTrue();
                assertThat(e.detail()).startsWith("Too many people");
                assertThat(e.errorType()).isEqualTo("database_busy");
            });
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(wait);
            assertThat(database.reachable()).isTrue();
            release.countDown();
        }
        assertThat(failures("timeout")).isEqualTo(1);
        assertThat(failures("connection")).isZero();
        assertThat(save(database)).isTrue();
    }

    private static void hold(Database database, CountDownLatch taken, CountDownLatch release) {
        database.inTransaction(tx -> {
            taken.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Test
    void callersThatWait_areServedInTheOrderInWhichTheyCame() throws Exception {
        Database database = open(1, Duration.ofSeconds(30));
        List<Integer> served = new ArrayList<>();
        CountDownLatch release = new CountDownLatch(1);
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch taken = new CountDownLatch(1);
            callers.execute(() -> hold(database, taken, release));
            taken.await();
            for (int i = 0; i < 50; i++) {
                int number = i;
                callers.execute(() -> database.inTransaction(tx -> served.add(number)));
                await(() -> now("tlac_db_connections_pending") == number + 1);
            }
            release.countDown();
        }
        assertThat(served).hasSize(50).isSorted();
    }

    @Test
    void callerThatIsInterrupted_leavesTheQueue() throws Exception {
        Database database = open(1, Duration.ofSeconds(30));
        CountDownLatch release = new CountDownLatch(1);
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch taken = new CountDownLatch(1);
            callers.execute(() -> hold(database, taken, release));
            taken.await();
            Future<Outage> gone = callers.submit(() -> outageOf(database, "select 1 as n"));
            await(() -> now("tlac_db_connections_pending") == 1);
            gone.cancel(true);
            await(() -> now("tlac_db_connections_pending") == 0);
            release.countDown();
        }
        assertThat(save(database)).isTrue();
    }

    @Test
    void serverWithoutAConnectionLeft_isBusy() throws Exception {
        server.limitConnections("auth", 2);
        try {
            Database database = open(4, Duration.ofMillis(1500));
            CountDownLatch release = new CountDownLatch(1);
            try (ExecutorService others = Executors.newVirtualThreadPerTaskExecutor()) {
                CountDownLatch taken = new CountDownLatch(2);
                for (int i = 0; i < 2; i++) {
                    others.execute(() -> hold(database, taken, release));
                }
                taken.await();
                assertThat(outageOf(database, "select 1 as n")).isEqualTo(Outage.BUSY);
                release.countDown();
            }
        } finally {
            server.limitConnections("auth", -1);
        }
    }

    @Test
    void firstConnections_areOpenBeforeTheFirstCall() {
        open(7, Duration.ofSeconds(30));
        assertThat(server.connections("auth")).isEqualTo(7);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
