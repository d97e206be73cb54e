package org.tlac.platform.db;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.tlac.platform.http.Unavailable;

/** A statement that failed, by the class of its SQLSTATE (PostgreSQL manual, appendix A). The message names the statement, never its data. */
public final class DatabaseException extends RuntimeException implements Unavailable {

    private final Kind kind;
    private final @Nullable String constraint;

    /** The values of {@code error_type} in {@code tlac_db_errors_total}. */
    public enum Kind {
        CONNECTION,
        TIMEOUT,
        CONSTRAINT,
        SERIALIZATION,
        SYNTAX,
        OTHER;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private DatabaseException(String statement, Kind kind, @Nullable String constraint, Throwable cause) {
        super("Statement " + statement + " failed (" + kind.label() + ")", cause);
        this.kind = kind;
        this.constraint = constraint;
    }

    static DatabaseException of(String statement, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return new DatabaseException(statement, kind(sql), constraint(sql), failure);
            }
        }
        return new DatabaseException(statement, Kind.OTHER, null, failure);
    }

    public Kind kind() {
        return kind;
    }

    /** The constraint that was violated, when it is one. */
    public Optional<String> constraint() {
        return Optional.ofNullable(constraint);
    }

    public boolean violates(String constraintName) {
        return constraintName.equals(constraint);
    }

    @Override
    public boolean unavailable() {
        return kind == Kind.CONNECTION || kind == Kind.TIMEOUT;
    }

    private static Kind kind(SQLException e) {
        String state = e.getSQLState();
        if (state == null || state.length() != 5) {
            return e instanceof SQLTransientConnectionException ? Kind.CONNECTION : Kind.OTHER;
        }
        return switch (state) {
            // Cancelled by the statement timeout, or no lock within its time.
            case "57014", "55P03" -> Kind.TIMEOUT;
            // Too many connections; the server shuts down, crashed or starts.
            case "53300", "57P01", "57P02", "57P03" -> Kind.CONNECTION;
            default ->
                switch (state.substring(0, 2)) {
                    case "08", "28" -> Kind.CONNECTION;
                    case "23" -> Kind.CONSTRAINT;
                    case "40" -> Kind.SERIALIZATION;
                    case "42" -> Kind.SYNTAX;
                    default -> Kind.OTHER;
                };
        };
    }

    private static @Nullable String constraint(SQLException e) {
        ServerErrorMessage message = e instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
        return message == null ? null : message.getConstraint();
    }
}
