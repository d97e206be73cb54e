package org.tlac.platform.db;

import io.helidon.dbclient.DbExecute;
import io.helidon.dbclient.DbRow;
import io.helidon.dbclient.DbStatement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Counter;
import org.tlac.platform.metrics.Histogram;
import org.tlac.platform.metrics.Metrics;

/**
 * Executes single statements through DbClient, timed and counted around the call: DbClient tells its own listeners of no failure. SQL is
 * parsed once: its texts are those of the code, never made of values, so there are few.
 */
final class StatementExecutor {

    private static final Set<String> OPERATIONS = Set.of("select", "insert", "update", "delete");

    private final Histogram duration;
    private final Counter errors;
    private final Map<String, NamedSql> parsed = new ConcurrentHashMap<>();

    StatementExecutor(Metrics metrics) {
        duration = metrics.histogram(Catalogue.DB_QUERY_DURATION);
        errors = metrics.counter(Catalogue.DB_ERRORS);
    }

    <T> List<T> query(
            DbExecute execute,
            String name,
            String sql,
            Map<String, ? extends @Nullable Object> parameters,
            RowReader<T> reader) {
        return measured(name, sql, () -> {
            NamedSql named = parsed.computeIfAbsent(sql, NamedSql::parse);
            try (Stream<DbRow> rows = bind(execute.createNamedQuery(name, named.sql()), named, parameters)
                    .execute()) {
                return rows.map(row -> read(reader, row)).toList();
            }
        });
    }

    long update(DbExecute execute, String name, String sql, Map<String, ? extends @Nullable Object> parameters) {
        return measured(name, sql, () -> {
            NamedSql named = parsed.computeIfAbsent(sql, NamedSql::parse);
            return bind(execute.createNamedDmlStatement(name, named.sql()), named, parameters)
                    .execute();
        });
    }

    <T> T measured(String name, String sql, Supplier<T> statement) {
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

    /** The failure as callers see it, counted. */
    DatabaseException failure(String name, Exception e) {
        DatabaseException failure = DatabaseException.of(name, e);
        errors.increment(failure.label());
        return failure;
    }

    private static <S extends DbStatement<S>> S bind(
            S statement, NamedSql named, Map<String, ? extends @Nullable Object> parameters) {
        S bound = statement;
        for (Object value : named.values(parameters)) {
            bound = bound.addParam(value);
        }
        return bound;
    }

    private static <T> T read(RowReader<T> reader, DbRow row) {
        try {
            return reader.read(new Row(row));
        } catch (RuntimeException e) {
            throw new ReaderFailure(e);
        }
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
