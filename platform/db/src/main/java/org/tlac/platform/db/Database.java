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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Metrics;

/**
 * A service's database: Helidon's DbClient on a pool of our own, measured around each statement, with every connection back in the pool
 * after every outcome. A database that is away makes calls fail within the connect timeout; the pool recovers by itself. While all
 * connections are in use, calls wait for their turn, first come first served, within a bound.
 */
public final class Database implements Statements, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private final HikariDataSource pool;
    private final ServerProbe server;
    private final LeasedPool leases;
    private final DbClient client;
    private final StatementExecutor statements;

    private Database(DatabaseConfig config, HikariDataSource pool, Metrics metrics) {
        this.pool = pool;
        this.server = new ServerProbe(pool.getJdbcUrl(), pool.getUsername(), pool.getPassword());
        this.leases = new LeasedPool(pool, server, config.connectTimeout(), config.waitTimeout());
        this.client = JdbcClientBuilder.create().connectionPool(leases).build();
        this.statements = new StatementExecutor(metrics);
        metrics.gauge(Catalogue.DB_CONNECTIONS_ACTIVE, this::active);
        metrics.gauge(Catalogue.DB_CONNECTIONS_PENDING, leases::waiting);
        metrics.gauge(Catalogue.DB_CONNECTIONS_MAX, pool::getMaximumPoolSize);
    }

    /** Opens the pool with its first connections; the database itself may still be away. */
    public static Database open(DatabaseConfig config, Metrics metrics) {
        HikariConfig hikari = new HikariConfig();
        hikari.setPoolName(metrics.owner().id());
        hikari.setJdbcUrl(config.url());
        hikari.setUsername(config.username());
        hikari.setPassword(config.password());
        hikari.setMaximumPoolSize(config.poolSize());
        // A connection is a process of the server's: services that are idle for long keep few.
        hikari.setMinimumIdle(Math.min(2, config.poolSize()));
        // In slices: LeasedPool looks around in between, and decides how long it is in all.
        hikari.setConnectionTimeout(Math.max(250, config.connectTimeout().toMillis() / LeasedPool.LOOKS));
        hikari.setValidationTimeout(Math.min(1000, config.connectTimeout().toMillis()));
        // Negative: do not try at once and do not fail; callers and readiness find out.
        hikari.setInitializationFailTimeout(-1);
        hikari.addDataSourceProperty("ApplicationName", metrics.owner().id());
        hikari.addDataSourceProperty("options", serverOptions(config));
        // The server cancels first; this is for a server, or a network, that says nothing any more.
        hikari.addDataSourceProperty(
                "socketTimeout", Long.toString(config.statementTimeout().toSeconds() + 5));
        hikari.addDataSourceProperty("connectTimeout", "2");
        // Else Hikari's slice would be it, and a busy server never gets a connection opened.
        hikari.addDataSourceProperty("loginTimeout", "5");
        hikari.addDataSourceProperty("tcpKeepAlive", "true");
        // "Key (username)=(ada.l) already exists": the data of pupils is nothing for logs.
        hikari.addDataSourceProperty("logServerErrorDetail", "false");
        Database database = new Database(config, new HikariDataSource(hikari), metrics);
        database.warm(Math.min(config.warmConnections(), config.poolSize()));
        return database;
    }

    /** Opens connections until there are so many, or the server gives no more. */
    private void warm(int connections) {
        List<Connection> opened = new ArrayList<>();
        try {
            while (opened.size() < connections) {
                opened.add(pool.getConnection());
            }
        } catch (SQLException e) {
            LOG.warn("Opened {} of {} connections beforehand", opened.size(), connections, e);
        } finally {
            opened.forEach(Database::giveBack);
        }
    }

    private static void giveBack(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("A connection could not be given back: the pool drops it", e);
        }
    }

    /** Keepalives: a machine that vanished within a transaction would hold its locks for two hours otherwise. */
    private static String serverOptions(DatabaseConfig config) {
        return "-c statement_timeout=" + config.statementTimeout().toMillis()
                + " -c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3";
    }

    @Override
    public <T> List<T> query(
            String name, String sql, Map<String, ? extends @Nullable Object> parameters, RowReader<T> reader) {
        try (LeasedPool.Lease lease = lease(name)) {
            List<T> rows = statements.query(client.execute(), name, sql, parameters, reader);
            lease.worked();
            return rows;
        }
    }

    @Override
    public long update(String name, String sql, Map<String, ? extends @Nullable Object> parameters) {
        try (LeasedPool.Lease lease = lease(name)) {
            long rows = statements.update(client.execute(), name, sql, parameters);
            lease.worked();
            return rows;
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

    private <T> T committed(Open open, Function<Transaction, T> work) {
        try (LeasedPool.Lease lease = lease("begin")) {
            T result = work.apply(open);
            open.commit();
            lease.worked();
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

    /** Whether the database answers; takes the connect timeout and two seconds at most. A pool that is all in use is busy, not away. */
    public boolean reachable() {
        try (Connection connection = pool.getConnection()) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return server.answersNow();
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
            throw statements.failure(name, e);
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
            return noted(() -> statements.query(transaction, name, sql, parameters, reader));
        }

        @Override
        public long update(String name, String sql, Map<String, ? extends @Nullable Object> parameters) {
            return noted(() -> statements.update(transaction, name, sql, parameters));
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
                statements.measured("commit", "commit", () -> {
                    transaction.commit();
                    return true;
                });
            }
        }
    }
}
