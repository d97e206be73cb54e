package org.tlac.platform.db;

import java.net.SocketTimeoutException;
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
                Kind kind = timedOut(sql) ? Kind.TIMEOUT : kind(sql);
                return new DatabaseException(statement, kind, constraint(sql), failure);
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

    /** The server did not say in time that it cancelled: the socket's own timeout ended the statement. */
    private static boolean timedOut(SQLException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }

    /** Whether it says that no server answers yet, and not that the server turned us away. */
    static boolean starting(SQLException e) {
        boolean refused = e.getSQLState() != null
                && (e.getSQLState().startsWith("28") || e.getSQLState().equals("3D000"));
        return kind(e) == Kind.CONNECTION && !refused;
    }

    private static Kind kind(SQLException e) {
        String state = e.getSQLState();
        if (state == null || state.length() != 5) {
            return e instanceof SQLTransientConnectionException ? Kind.CONNECTION : Kind.OTHER;
        }
        return switch (state) {
            // Cancelled by the statement timeout, or no lock within its time.
            case "57014", "55P03" -> Kind.TIMEOUT;
            // Too many connections; the server shuts down, crashed or starts; no such database.
            case "53300", "57P01", "57P02", "57P03", "3D000" -> Kind.CONNECTION;
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
