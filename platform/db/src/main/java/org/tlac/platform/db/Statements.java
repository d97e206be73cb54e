package org.tlac.platform.db;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Running SQL, alone ({@link Database}) or within a transaction ({@link Transaction}).
 *
 * <p>Parameters are written {@code :name}. Values may be String, Integer, Long, Double, Boolean, {@link java.time.Instant} (for a
 * {@code timestamptz}), {@link java.util.UUID}, {@code byte[]}, {@code String[]} and {@code long[]} (for {@code = any(:names)}), and null.
 * A String is bound as text: for JSON and the like write {@code cast(:x as jsonb)}. A null has no type: where nothing else tells one,
 * write {@code cast(:x as text) is null}. Every statement has a name, for messages. All methods throw {@link DatabaseException} when the
 * statement fails; whatever happens, its connection goes back to the pool.
 */
public interface Statements {

    /** Every row, in the answer's order. */
    <T> List<T> query(String name, String sql, Map<String, ? extends @Nullable Object> parameters, RowReader<T> reader);

    /** Rows inserted, updated or deleted. */
    long update(String name, String sql, Map<String, ? extends @Nullable Object> parameters);

    /** Runs {@code action}, such as counting, once what was done so far cannot be undone any more, and never when it is undone. */
    void onCommit(Runnable action);

    /** The one row, if there is one. @throws IllegalStateException when there are more */
    default <T> Optional<T> queryOne(
            String name, String sql, Map<String, ? extends @Nullable Object> parameters, RowReader<T> reader) {
        List<T> rows = query(name, sql, parameters, reader);
        if (rows.size() > 1) {
            throw new IllegalStateException("Statement " + name + " found " + rows.size() + " rows in place of one");
        }
        return rows.stream().findFirst();
    }
}
