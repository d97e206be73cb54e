package org.tlac.backup.dump;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SortedMap;

/** A dump of the database together with the row counts of the very same moment. */
public final class DatabaseDump {

    private final PgServer server;
    private final PgPrograms programs;

    public DatabaseDump(PgServer server, PgPrograms programs) {
        this.server = server;
        this.programs = programs;
    }

    /** What was in the database when it was dumped. */
    public record Content(SortedMap<String, Long> rows, SortedMap<String, String> schemas, int serverMajor) {}

    /** @throws BackupFailure with what went wrong */
    public Content write(Path file) {
        try (Connection session = server.connect()) {
            int serverMajor = session.getMetaData().getDatabaseMajorVersion();
            session.setAutoCommit(false);
            String snapshot = export(session);
            Content content = new Content(Snapshot.rowCounts(session), Snapshot.schemaVersions(session), serverMajor);
            programs.dump(server, serverMajor, snapshot, file);
            session.rollback();
            return content;
        } catch (SQLException e) {
            throw new BackupFailure("The database failed while it was being dumped: " + e.getMessage(), e);
        }
    }

    private static String export(Connection session) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute("set transaction isolation level repeatable read, read only");
            // While pg_dump works, this transaction waits: for as long as that takes.
            statement.execute("set local idle_in_transaction_session_timeout = 0");
            statement.execute("set local statement_timeout = 0");
            try (ResultSet row = statement.executeQuery("select pg_export_snapshot()")) {
                row.next();
                return row.getString(1);
            }
        }
    }
}
