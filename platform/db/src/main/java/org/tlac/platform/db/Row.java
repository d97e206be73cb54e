package org.tlac.platform.db;

import io.helidon.dbclient.DbRow;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One row of an answer, by column name. Asking for a column that is not there, or for a null as a value, is a mistake of ours. */
public final class Row {

    private final DbRow row;

    Row(DbRow row) {
        this.row = row;
    }

    public String string(String column) {
        return required(column).toString();
    }

    public Optional<String> optionalString(String column) {
        return Optional.ofNullable(value(column)).map(Object::toString);
    }

    public long longValue(String column) {
        return ((Number) required(column)).longValue();
    }

    public int intValue(String column) {
        return Math.toIntExact(longValue(column));
    }

    public Optional<Long> optionalLong(String column) {
        return Optional.ofNullable(value(column)).map(number -> ((Number) number).longValue());
    }

    public Optional<Integer> optionalInt(String column) {
        return optionalLong(column).map(Math::toIntExact);
    }

    public double doubleValue(String column) {
        return ((Number) required(column)).doubleValue();
    }

    public boolean bool(String column) {
        return (Boolean) required(column);
    }

    /** A {@code timestamptz}. */
    public Instant instant(String column) {
        return ((Timestamp) required(column)).toInstant();
    }

    public Optional<Instant> optionalInstant(String column) {
        return Optional.ofNullable(value(column)).map(time -> ((Timestamp) time).toInstant());
    }

    public UUID uuid(String column) {
        return (UUID) required(column);
    }

    /** A {@code bytea}. */
    public byte[] bytes(String column) {
        return (byte[]) required(column);
    }

    /** A {@code jsonb} as its text. */
    public String json(String column) {
        return string(column);
    }

    private Object required(String column) {
        return Objects.requireNonNull(value(column), () -> "column " + column + " is null");
    }

    private @Nullable Object value(String column) {
        return row.column(column).get(Object.class);
    }
}
