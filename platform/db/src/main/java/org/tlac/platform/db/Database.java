package org.tlac.platform.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.helidon.dbclient.DbClient;
import io.helidon.dbclient.DbExecute;
import io.helidon.dbclient.DbRow;
import io.helidon.dbclient.DbStatement;
import io.helidon.dbclient.DbTransaction;
import io.helidon.dbclient.jdbc.JdbcClientBuilder;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Counter;
import org.tlac.platform.metrics.Histogram;
import org.tlac.platform.metrics.Metrics;

/**
 * A service's database: Helidon's DbClient on a pool of our own, measured around each statement, with every connection back in the pool
 * after every outcome. A database that is away makes calls fail within the connect timeout; the pool recovers by itself.
 */
public final class Database implements Statements, AutoCloseable {

    private static final Set<String> OPERATIONS = Set.of("select", "insert", "update", "delete");

    private final HikariDataSource pool;
    private final LeasedPool leases;
    private final DbClient client;
    private final Histogram duration;
    private final Counter errors;

    private Database(HikariDataSource pool, Metrics metrics) {
        this.pool = pool;
        this.leases = new LeasedPool(pool);
        this.client = JdbcClientBuilder.create().connectionPool(leases).build();
        this.duration = metrics.histogram(Catalogue.DB_QUERY_DURATION);
        this.errors = metrics.counter(Catalogue.DB_ERRORS);
        metrics.gauge(
                Catalogue.DB_CONNECTIONS_ACTIVE,
                () -> pool.getHikariPoolMXBean().getActiveConnections());
        metrics.gauge(
                Catalogue.DB_CONNECTIONS_PENDING,
                () -> pool.getHikariPoolMXBean().getThreadsAwaitingConnection());
        metrics.gauge(Catalogue.DB_CONNECTIONS_MAX, pool::getMaximumPoolSize);
    }

    /** Opens the pool; the database itself may still be away. */
    public static Database open(DatabaseConfig config, Metrics metrics) {
        HikariConfig hikari = new HikariConfig();
        hikari.setPoolName(metrics.owner().id());
        hikari.setJdbcUrl(config.url());
        hikari.setUsername(config.username());
        hikari.setPassword(config.password());
        hikari.setMaximumPoolSize(config.poolSize());
        hikari.setMinimumIdle(Math.min(2, config.poolSize()));
        hikari.setConnectionTimeout(config.connectTimeout().toMillis());
        hikari.setValidationTimeout(Math.min(1000, config.connectTimeout().toMillis()));
        // Negative: do not try at once and do not fail; callers and readiness find out.
        hikari.setInitializationFailTimeout(-1);
        hikari.addDataSourceProperty("ApplicationName", metrics.owner().id());
        hikari.addDataSourceProperty(
                "options", "-c statement_timeout=" + config.statementTimeout().toMillis());
        // The server cancels first; this is for a server, or a network, that says nothing any more.
        hikari.addDataSourceProperty(
                "socketTimeout", Long.toString(config.statementTimeout().toSeconds() + 5));
        hikari.addDataSourceProperty("connectTimeout", "2");
        hikari.addDataSourceProperty("tcpKeepAlive", "true");
        return new Database(new HikariDataSource(hikari), metrics);
    }

    @Override
    public <T> List<T> query(
            String name, String sql, Map<String, ? extends @Nullable Object> parameters, RowReader<T> reader) {
        return leased(name, sql, () -> query(client.execute(), name, sql, parameters, reader));
    }

    @Override
    public long update(String name, String sql, Map<String, ? extends @Nullable Object> parameters) {
        return leased(name, sql, () -> update(client.execute(), name, sql, parameters));
    }

    @Override
    public void onCommit(Runnable action) {
        action.run();
    }

    /**
     * Runs {@code work} in one transaction: committed when it returns, rolled back when it throws.
     *
     * @throws DatabaseException when a statement or the commit fails
     */
    @SuppressWarnings("try") // The lease is held, not used.
    public <T> T transaction(Function<Transaction, T> work) {
        try (LeasedPool.Lease lease = leases.lease()) {
            DbTransaction transaction = begin();
            Open open = new Open(transaction);
            T result = work.apply(open);
            measured("commit", "commit", () -> {
                transaction.commit();
                return result;
            });
            open.committed.forEach(Runnable::run);
            return result;
            // On any throwable the lease gives the connection back uncommitted, and the pool rolls it back.
        }
    }

    /** {@link #transaction} for work without a result. */
    public void inTransaction(Consumer<Transaction> work) {
        transaction(transaction -> {
            work.accept(transaction);
            return true;
        });
    }

    /** Whether the database answers; takes the connect timeout at most. */
    public boolean reachable() {
        try (Connection connection = pool.getConnection()) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    /** Connections in use. */
    int active() {
        return pool.getHikariPoolMXBean().getActiveConnections();
    }

    @Override
    public void close() {
        client.close();
        pool.close();
    }

    private DbTransaction begin() {
        try {
            return client.transaction();
        } catch (RuntimeException e) {
            throw failure("begin", e);
        }
    }

    private final class Open implements Transaction {

        private final DbTransaction transaction;
        private final List<Runnable> committed = new ArrayList<>();

        private Open(DbTransaction transaction) {
            this.transaction = transaction;
        }

        @Override
        public <T> List<T> query(
                String name, String sql, Map<String, ? extends @Nullable Object> parameters, RowReader<T> reader) {
            return measured(name, sql, () -> Database.query(transaction, name, sql, parameters, reader));
        }

        @Override
        public long update(String name, String sql, Map<String, ? extends @Nullable Object> parameters) {
            return measured(name, sql, () -> Database.update(transaction, name, sql, parameters));
        }

        @Override
        public void onCommit(Runnable action) {
            committed.add(action);
        }
    }

    @SuppressWarnings("try") // The lease is held, not used.
    private <T> T leased(String name, String sql, Supplier<T> statement) {
        try (LeasedPool.Lease lease = leases.lease()) {
            return measured(name, sql, statement);
        }
    }

    /** Around the call and not inside: DbClient never completes its own listeners for a statement that fails. */
    private <T> T measured(String name, String sql, Supplier<T> statement) {
        long start = System.nanoTime();
        try {
            return statement.get();
        } catch (ReaderFailure e) {
            throw e.failure;
        } catch (RuntimeException e) {
            throw failure(name, e);
        } finally {
            duration.observeSince(start, operation(sql));
        }
    }

    private DatabaseException failure(String name, RuntimeException e) {
        DatabaseException failure = DatabaseException.of(name, e);
        errors.increment(failure.kind().label());
        return failure;
    }

    private static <T> List<T> query(
            DbExecute execute,
            String name,
            String sql,
            Map<String, ? extends @Nullable Object> parameters,
            RowReader<T> reader) {
        try (Stream<DbRow> rows =
                bind(execute.createNamedQuery(name, sql), parameters).execute()) {
            return rows.map(row -> read(reader, row)).toList();
        }
    }

    private static <T> T read(RowReader<T> reader, DbRow row) {
        try {
            return reader.read(new Row(row));
        } catch (RuntimeException e) {
            throw new ReaderFailure(e);
        }
    }

    private static long update(
            DbExecute execute, String name, String sql, Map<String, ? extends @Nullable Object> parameters) {
        return bind(execute.createNamedDmlStatement(name, sql), parameters).execute();
    }

    private static <S extends DbStatement<S>> S bind(S statement, Map<String, ? extends @Nullable Object> parameters) {
        S bound = statement;
        for (Map.Entry<String, ? extends @Nullable Object> parameter : parameters.entrySet()) {
            bound = bound.addParam(parameter.getKey(), bindable(parameter.getValue()));
        }
        return bound;
    }

    private static @Nullable Object bindable(@Nullable Object value) {
        // PostgreSQL's driver binds no Instant.
        return value instanceof Instant instant ? instant.atOffset(ZoneOffset.UTC) : value;
    }

    private static String operation(String sql) {
        String first = sql.strip().split("\\s+", 2)[0].toLowerCase(Locale.ROOT);
        return OPERATIONS.contains(first) ? first : "other";
    }

    /** A mistake of the code that reads a row: no failure of the database. */
    private static final class ReaderFailure extends RuntimeException {

        private final RuntimeException failure;

        private ReaderFailure(RuntimeException failure) {
            super(failure);
            this.failure = failure;
        }
    }
}
