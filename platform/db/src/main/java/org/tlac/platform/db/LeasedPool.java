package org.tlac.platform.db;

import com.zaxxer.hikari.HikariDataSource;
import io.helidon.dbclient.jdbc.JdbcConnectionPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pool as DbClient sees it. DbClient forgets a connection when a statement cannot be prepared or its rows are not read to the end;
 * here an operation takes its one connection before DbClient is asked, and gives it back when it ends, however it ends.
 *
 * <p>There are as many turns as connections: who has one finds a connection in the pool, or it is being opened. So a wait for a turn means
 * that many are at work, and goes on within a bound; a wait for a connection means that the server is slow or away. Which of the two it is,
 * the server's own answer decides.
 */
final class LeasedPool implements JdbcConnectionPool {

    private static final Logger LOG = LoggerFactory.getLogger(LeasedPool.class);

    private final HikariDataSource pool;
    private final ServerProbe server;
    private final Turns turns;
    private final Duration connectTimeout;
    private final Duration waitTimeout;

    /** How often a caller that waits looks around within the connect timeout, once that is over. */
    static final int LOOKS = 3;

    @SuppressWarnings("ThreadLocalUsage") // One pool per process; its leases must not mix with another test's.
    private final ThreadLocal<Lease> current = new ThreadLocal<>();

    /**
     * @param connectTimeout after so long without a connection, look whether the server answers at all
     * @param waitTimeout how long a caller waits while it does
     */
    LeasedPool(HikariDataSource pool, ServerProbe server, Duration connectTimeout, Duration waitTimeout) {
        this.pool = pool;
        this.server = server;
        this.turns = new Turns(pool.getMaximumPoolSize());
        this.connectTimeout = connectTimeout;
        this.waitTimeout = waitTimeout;
    }

    /** Callers without a connection. */
    int waiting() {
        return turns.waiting() + pool.getHikariPoolMXBean().getThreadsAwaitingConnection();
    }

    @Override
    public Connection connection() {
        Lease lease = current.get();
        if (lease == null) {
            throw new IllegalStateException(
                    "The operation that this statement belongs to is over, or of another thread");
        }
        return lease.connection;
    }

    /**
     * Begins an operation on this thread.
     *
     * @throws PoolBusyException when the server answers, but no connection became free in time
     * @throws SQLException when the server does not answer
     * @throws IllegalStateException when it is within another one: it would not be part of that transaction, and threads that hold one
     *     connection while they wait for a second can stop each other for good
     */
    Lease lease() throws SQLException {
        if (current.get() != null) {
            throw new IllegalStateException("Within a transaction, run statements on the transaction");
        }
        Turns.Turn turn = turns.ask();
        try {
            Lease lease = new Lease(turn, connect(turn));
            current.set(lease);
            return lease;
        } catch (SQLException | RuntimeException | Error e) {
            turn.close();
            throw e;
        }
    }

    private Connection connect(Turns.Turn turn) throws SQLException {
        long start = System.nanoTime();
        awaitTurn(turn, start);
        long since = System.nanoTime();
        while (true) {
            try {
                return pool.getConnection();
            } catch (SQLTransientConnectionException e) {
                if (!left(start).isPositive() || passed(since).compareTo(connectTimeout) >= 0) {
                    lookAround(start, e);
                }
            }
        }
    }

    private void awaitTurn(Turns.Turn turn, long start) throws SQLException {
        try {
            Duration patience = connectTimeout;
            while (!turn.await(patience)) {
                lookAround(start, null);
                patience = least(left(start), connectTimeout.dividedBy(LOOKS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PoolBusyException("Interrupted while waiting for a connection");
        }
    }

    /** Returns when it is worth waiting on: the server answers, and there is time left. */
    private void lookAround(long start, @Nullable SQLException failure) throws SQLException {
        if (!server.answers()) {
            throw failure == null ? new SQLTransientConnectionException("The server does not answer") : failure;
        }
        if (!left(start).isPositive()) {
            throw new PoolBusyException(
                    "All connections were in use for " + passed(start).toMillis() + " ms");
        }
    }

    private Duration left(long start) {
        return waitTimeout.minus(passed(start));
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration passed(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** The connection of one operation. */
    final class Lease implements AutoCloseable {

        private final Turns.Turn turn;
        private final Connection connection;

        private Lease(Turns.Turn turn, Connection connection) {
            this.turn = turn;
            this.connection = connection;
        }

        /** Its statements succeeded. */
        void worked() {
            server.worked();
        }

        @Override
        public void close() {
            current.remove();
            try {
                // When DbClient closed it already, this does nothing; an open transaction is rolled back by the pool.
                connection.close();
            } catch (SQLException e) {
                LOG.debug("A connection could not be given back: the pool drops it", e);
            } finally {
                turn.close();
            }
        }
    }
}
