package org.tlac.backup.run;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.backup.dump.BackupFailure;
import org.tlac.backup.dump.PgServer;

/**
 * Who may work on backups now: one job of one replica. It is an advisory lock of a database session, so the database gives it back when the
 * process that holds it dies, however it dies; whoever gets it then knows that every job which still looks running is dead.
 */
final class BackupLock {

    /** "tlacbkup" as eight bytes: any number will do that nobody else locks. */
    private static final long KEY = 0x746c_6163_626b_7570L;

    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final int ALIVE_SECONDS = 5;
    private static final Logger LOG = LoggerFactory.getLogger(BackupLock.class);

    private final PgServer server;

    BackupLock(PgServer server) {
        this.server = server;
    }

    /**
     * The lock, to be closed after the work; empty while somebody else holds it.
     *
     * @param patience how long to wait for one who is about to give it back
     * @throws DatabaseAway when nobody can say
     */
    Optional<Held> acquire(Duration patience) {
        try {
            Connection session = server.connect();
            if (acquired(session, patience)) {
                return Optional.of(new Held(session));
            }
            session.close();
            return Optional.empty();
        } catch (SQLException e) {
            throw new DatabaseAway("The backup lock cannot be asked for", e);
        }
    }

    private static boolean acquired(Connection session, Duration patience) throws SQLException {
        try (Statement statement = session.createStatement()) {
            // At least 1 ms: 0 would mean to wait for ever.
            statement.execute("set lock_timeout = " + Math.max(1, patience.toMillis()));
            statement.execute("select pg_advisory_lock(" + KEY + ")");
            return true;
        } catch (SQLException e) {
            if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                return false;
            }
            session.close();
            throw e;
        }
    }

    /** The right to work on backups, until it is closed or its session is lost. */
    record Held(Connection session) implements AutoCloseable {

        /** @throws BackupFailure when the session was lost: another replica may be at work by now */
        void requireHeld() {
            try {
                if (session.isValid(ALIVE_SECONDS)) {
                    return;
                }
            } catch (SQLException e) {
                LOG.debug("The session of the backup lock failed", e);
            }
            throw new BackupFailure("The database was away meanwhile.");
        }

        @Override
        public void close() {
            try {
                session.close();
            } catch (SQLException e) {
                // A session that cannot be closed is lost, and its lock with it.
                LOG.debug("The session of the backup lock was lost", e);
            }
        }
    }
}
