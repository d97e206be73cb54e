package org.tlac.platform.db;

import com.zaxxer.hikari.HikariDataSource;
import io.helidon.dbclient.jdbc.JdbcConnectionPool;
import java.sql.Connection;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pool as DbClient sees it. DbClient forgets a connection when a statement cannot be prepared or its rows are not read to the end;
 * here an operation takes its one connection before DbClient is asked, and gives it back when it ends, however it ends.
 */
final class LeasedPool implements JdbcConnectionPool {

    private static final Logger LOG = LoggerFactory.getLogger(LeasedPool.class);

    private final HikariDataSource pool;

    @SuppressWarnings("ThreadLocalUsage") // One pool per process; its leases must not mix with another test's.
    private final ThreadLocal<Lease> current = new ThreadLocal<>();

    LeasedPool(HikariDataSource pool) {
        this.pool = pool;
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
     * @throws IllegalStateException when it is within another one: it would not be part of that transaction, and threads that hold one
     *     connection while they wait for a second can stop each other for good
     */
    Lease lease() throws SQLException {
        if (current.get() != null) {
            throw new IllegalStateException("Within a transaction, run statements on the transaction");
        }
        Lease lease = new Lease(pool.getConnection());
        current.set(lease);
        return lease;
    }

    /** The connection of one operation. */
    final class Lease implements AutoCloseable {

        private final Connection connection;

        private Lease(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void close() {
            current.remove();
            try {
                // When DbClient closed it already, this does nothing; an open transaction is rolled back by the pool.
                connection.close();
            } catch (SQLException e) {
                LOG.debug("A connection could not be given back: the pool drops it", e);
            }
        }
    }
}
