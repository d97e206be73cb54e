package org.tlac.backup.dump;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a database holds at one moment: its tables, their rows, its schema versions. Read in the session that is given. */
public final class Snapshot {

    private static final String TABLES = """
            select n.nspname, c.relname
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r' and c.relpersistence <> 't'
              and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'
              and not exists (select 1 from pg_depend d
                              where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
            order by 1, 2
            """;

    /** What Flyway calls its table, in each schema that it migrates. */
    private static final String HISTORY = "flyway_schema_history";

    private Snapshot() {}

    private record Table(String schema, String name) {

        String quoted() {
            return quote(schema) + "." + quote(name);
        }

        private static String quote(String identifier) {
            return '"' + identifier.replace("\"", "\"\"") + '"';
        }
    }

    /** Rows of every table that a dump holds, by {@code schema.table}. Reads every table whole: the price of a number that is true. */
    public static SortedMap<String, Long> rowCounts(Connection session) throws SQLException {
        SortedMap<String, Long> counts = new TreeMap<>();
        try (Statement statement = session.createStatement()) {
            for (Table table : tables(statement)) {
                try (ResultSet count = statement.executeQuery("select count(*) from only " + table.quoted())) {
                    count.next();
                    counts.put(table.schema() + "." + table.name(), count.getLong(1));
                }
            }
        }
        return counts;
    }

    /** The newest migration of each schema that has migrations. */
    static SortedMap<String, String> schemaVersions(Connection session) throws SQLException {
        SortedMap<String, String> versions = new TreeMap<>();
        try (Statement statement = session.createStatement()) {
            for (Table table : tables(statement)) {
                if (table.name().equals(HISTORY)) {
                    newest(statement, table, versions);
                }
            }
        }
        return versions;
    }

    private static void newest(Statement statement, Table history, SortedMap<String, String> versions)
            throws SQLException {
        String newest = "select version from " + history.quoted()
                + " where success and version is not null order by installed_rank desc limit 1";
        try (ResultSet row = statement.executeQuery(newest)) {
            if (row.next()) {
                versions.put(history.schema(), row.getString(1));
            }
        }
    }

    private static List<Table> tables(Statement statement) throws SQLException {
        List<Table> tables = new ArrayList<>();
        try (ResultSet row = statement.executeQuery(TABLES)) {
            while (row.next()) {
                tables.add(new Table(row.getString(1), row.getString(2)));
            }
        }
        return tables;
    }
}
