package org.tlac.platform.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.helidon.dbclient.DbClient;
import io.helidon.dbclient.DbTransaction;
import io.helidon.dbclient.jdbc.JdbcClientBuilder;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Metrics;

/**
 * A service's database: Helidon's DbClient on a pool of our own, measured around each statement, with every connection back in the pool
 * after every outcome. A database that is away makes calls fail within the connect timeout; the pool recovers by itself.
 */
public final class Database implements Statements, AutoCloseable {

    private final HikariDataSource pool;
    private final LeasedPool leases;
    private final DbClient client;
    private final Runner runner;

    private Database(HikariDataSource pool, Metrics metrics) {
        this.pool = pool;
        this.leases = new LeasedPool(pool);
        this.client = JdbcClientBuilder.create().connectionPool(leases).build();
        this.runner = new Runner(metrics);
        metrics.gauge(Catalogue.DB_CONNECTIONS_ACTIVE, this::active);
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
        // A connection is a process of the server's: idle services keep few.
        hikari.setMinimumIdle(Math.min(2, config.poolSize()));
        hikari.setConnectionTimeout(config.connectTimeout().toMillis());
        hikari.setValidationTimeout(Math.min(1000, config.connectTimeout().toMillis()));
        // Negative: do not try at once and do not fail; callers and readiness find out.
        hikari.setInitializationFailTimeout(-1);
        hikari.addDataSourceProperty("ApplicationName", metrics.owner().id());
        hikari.addDataSourceProperty("options", serverOptions(config));
        // The server cancels first; this is for a server, or a network, that says nothing any more.
        hikari.addDataSourceProperty(
                "socketTimeout", Long.toString(config.statementTimeout().toSeconds() + 5));
        hikari.addDataSourceProperty("connectTimeout", "2");
        hikari.addDataSourceProperty("tcpKeepAlive", "true");
        // "Key (username)=(ada.l) already exists": the data of pupils is nothing for logs.
        hikari.addDataSourceProperty("logServerErrorDetail", "false");
        return new Database(new HikariDataSource(hikari), metrics);
    }

    /** Keepalives: a machine that vanished within a transaction would hold its locks for two hours otherwise. */
    private static String serverOptions(DatabaseConfig config) {
        return "-c statement_timeout=" + config.statementTimeout().toMillis()
                + " -c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3";
    }

    @Override
    @SuppressWarnings("try") // The lease is held, not used.
    public <T> List<T> query(
            String name, String sql, Map<String, ? extends @Nullable Object> parameters, RowReader<T> reader) {
        try (LeasedPool.Lease lease = lease(name)) {
            return runner.query(client.execute(), name, sql, parameters, reader);
        }
    }

    @Override
    @SuppressWarnings("try") // The lease is held, not used.
    public long update(String name, String sql, Map<String, ? extends @Nullable Object> parameters) {
        try (LeasedPool.Lease lease = lease(name)) {
            return runner.update(client.execute(), name, sql, parameters);
        }
    }

    @Override
    public void onCommit(Runnable action) {
        action.run();
    }

    /**
     * Runs {@code work} in one transaction: committed when it returns, rolled back when it throws.
     *
     * @throws DatabaseException when a statement or the commit fails; also when {@code work} swallowed a statement's failure, because
     *     nothing of such a transaction can be committed
     * @throws IllegalStateException within another transaction
     */
    public <T> T transaction(Function<Transaction, T> work) {
        Open open = new Open();
        T result = committed(open, work);
        open.actions.forEach(Runnable::run);
        return result;
    }

    @SuppressWarnings("try") // The lease is held, not used.
    private <T> T committed(Open open, Function<Transaction, T> work) {
        try (LeasedPool.Lease lease = lease("begin")) {
            T result = work.apply(open);
            open.commit();
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

    /** Whether the database answers; takes the connect timeout and a second at most. A pool that is all in use is busy, not away. */
    public boolean reachable() {
        try (Connection connection = pool.getConnection()) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return active() >= pool.getMaximumPoolSize();
        }
    }

    /** Whether it has not been closed. */
    public boolean isOpen() {
        return !pool.isClosed();
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

    private LeasedPool.Lease lease(String name) {
        try {
            return leases.lease();
        } catch (SQLException e) {
            throw runner.failure(name, e);
        }
    }

    private final class Open implements Transaction {

        private final DbTransaction transaction = client.transaction();
        private final List<Runnable> actions = new ArrayList<>();
        private boolean begun;
        private @Nullable DatabaseException failure;

        @Override
        public <T> List<T> query(
                String name, String sql, Map<String, ? extends @Nullable Object> parameters, RowReader<T> reader) {
            return noted(() -> runner.query(transaction, name, sql, parameters, reader));
        }

        @Override
        public long update(String name, String sql, Map<String, ? extends @Nullable Object> parameters) {
            return noted(() -> runner.update(transaction, name, sql, parameters));
        }

        @Override
        public void onCommit(Runnable action) {
            actions.add(action);
        }

        private <T> T noted(Supplier<T> statement) {
            begun = true;
            try {
                return statement.get();
            } catch (DatabaseException e) {
                failure = e;
                throw e;
            }
        }

        private void commit() {
            if (failure != null) {
                // The server would answer the commit with a rollback, and nobody would hear of it.
                throw failure;
            }
            if (begun) {
                runner.measured("commit", "commit", () -> {
                    transaction.commit();
                    return true;
                });
            }
        }
    }
}
