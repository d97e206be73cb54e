package org.tlac.platform.db;

import com.zaxxer.hikari.HikariDataSource;
import io.helidon.dbclient.jdbc.JdbcConnectionPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pool as DbClient sees it. DbClient forgets a connection when a statement cannot be prepared or its rows are not read to the end;
 * here every connection is noted for the operation that took it, and given back when that operation ends, however it ends.
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
        try {
            Connection connection = pool.getConnection();
            Lease lease = current.get();
            if (lease == null) {
                connection.close();
                throw new IllegalStateException("A connection was asked for outside of any operation");
            }
            lease.connections.add(connection);
            return connection;
        } catch (SQLException e) {
            throw new ConnectionFailure(e);
        }
    }

    /** Begins an operation on this thread. */
    Lease lease() {
        Lease lease = new Lease(current.get());
        current.set(lease);
        return lease;
    }

    /** The connections that one operation took. */
    final class Lease implements AutoCloseable {

        private final Lease outer;
        private final List<Connection> connections = new ArrayList<>(1);

        @SuppressWarnings("NullAway") // There is no outer operation around the outermost one.
        private Lease(Lease outer) {
            this.outer = outer;
        }

        @Override
        public void close() {
            if (outer == null) {
                current.remove();
            } else {
                current.set(outer);
            }
            for (Connection connection : connections) {
                try {
                    // Already closed is the rule, and then this does nothing; an open transaction is rolled back by the
                    // pool.
                    connection.close();
                } catch (SQLException e) {
                    LOG.debug("A connection could not be given back: the pool drops it", e);
                }
            }
        }
    }

    /** Carries a failure to connect through DbClient. */
    static final class ConnectionFailure extends RuntimeException {
        ConnectionFailure(SQLException cause) {
            super(cause);
        }
    }
}
