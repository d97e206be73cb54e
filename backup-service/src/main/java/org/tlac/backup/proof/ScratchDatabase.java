package org.tlac.backup.proof;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.backup.dump.BackupFailure;
import org.tlac.backup.dump.PgServer;

/** An empty database to restore into, like the one that was dumped in encoding and sorting; dropped when closed. */
final class ScratchDatabase implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ScratchDatabase.class);
    /** With the id of the database to back up: another TLAC on the same server has scratch databases of its own. */
    private static final String PREFIX =
            "select 'tlac_verify_' || oid || '_' from pg_database where datname = current_database()";

    private final PgServer server;
    private final String name;

    private ScratchDatabase(PgServer server, String name) {
        this.server = server;
        this.name = name;
    }

    /** @throws BackupFailure when the server refuses to make one */
    static ScratchDatabase create(PgServer server) {
        try (Connection session = server.connect();
                Statement statement = session.createStatement()) {
            String name = text(statement, PREFIX)
                    + "%016x".formatted(ThreadLocalRandom.current().nextLong());
            statement.execute("create database " + name + " template template0 " + locale(statement));
            // What is restored into it has lost its owners and rights: nobody else may look.
            statement.execute("revoke all on database " + name + " from public");
            return new ScratchDatabase(server, name);
        } catch (SQLException e) {
            throw new BackupFailure("No scratch database can be made: " + e.getMessage(), e);
        }
    }

    /** Drops those that a process which died left behind. Only for the process that alone takes and proves backups. */
    static void dropLeftovers(PgServer server) {
        String leftovers = """
                select datname from pg_database
                where starts_with(datname, (%s)) and datdba = (select oid from pg_roles where rolname = current_user)
                """.formatted(PREFIX);
        try (Connection session = server.connect();
                PreparedStatement statement = session.prepareStatement(leftovers)) {
            List<String> names = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    names.add(row.getString(1));
                }
            }
            for (String name : names) {
                drop(session, name);
                LOG.info("Dropped the leftover scratch database {}", name);
            }
        } catch (SQLException e) {
            throw new BackupFailure("Leftover scratch databases cannot be dropped: " + e.getMessage(), e);
        }
    }

    String name() {
        return name;
    }

    Connection connect() throws SQLException {
        return server.connectTo(name);
    }

    /** Drops it, whoever is still in it. A failure is left to {@link #dropLeftovers}: the proof itself is done. */
    @Override
    public void close() {
        try (Connection session = server.connect()) {
            drop(session, name);
        } catch (SQLException e) {
            LOG.warn("The scratch database {} could not be dropped", name, e);
        }
    }

    private static void drop(Connection session, String name) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute("drop database if exists \"" + name.replace("\"", "\"\"") + "\" with (force)");
        }
    }

    private static String locale(Statement statement) throws SQLException {
        String ask = """
                select format('encoding %L lc_collate %L lc_ctype %L',
                              pg_encoding_to_char(encoding), datcollate, datctype)
                from pg_database where datname = current_database()
                """;
        return text(statement, ask);
    }

    private static String text(Statement statement, String ask) throws SQLException {
        try (ResultSet row = statement.executeQuery(ask)) {
            row.next();
            return row.getString(1);
        }
    }
}
