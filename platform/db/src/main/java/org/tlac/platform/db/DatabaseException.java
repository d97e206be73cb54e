package org.tlac.platform.db;

import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.tlac.platform.metrics.Unavailable;

/**
 * A statement that failed, by the class of its SQLSTATE (PostgreSQL manual, appendix A), and what that means to a caller. The message names
 * the statement, never its data.
 */
public final class DatabaseException extends RuntimeException implements Unavailable {

    private final Kind kind;
    private final @Nullable Outage outage;
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

    /** Why the database cannot do it for the moment; each with the words that a pupil reads. */
    public enum Outage {
        /** Nobody answers, or only to say that the server starts or stops. */
        AWAY("The database is away. Please try again shortly.", "database"),
        /** It does answer, but others have all its connections, or all its memory. */
        BUSY("Too many people are saving or loading at once. Please try again in a moment.", "database_busy"),
        /** It did not finish the statement in its time. */
        SLOW("The database takes too long. Please try again shortly.", "database"),
        DISK_FULL("The disk is full: nothing can be saved. Please tell your teacher.", "disk_full"),
        /** A server that follows another one, or that somebody set so. */
        READ_ONLY("The database takes no changes at the moment. Please try again shortly.", "database"),
        /** Reading or writing its files failed. */
        DISK_BROKEN("The database cannot use its disk. Please tell your teacher.", "database");

        private final String detail;
        private final String errorType;

        Outage(String detail, String errorType) {
            this.detail = detail;
            this.errorType = errorType;
        }

        String detail() {
            return detail;
        }
    }

    private DatabaseException(
            String statement, Kind kind, @Nullable Outage outage, @Nullable String constraint, Throwable cause) {
        super("Statement " + statement + " failed (" + kind.label() + ")", cause);
        this.kind = kind;
        this.outage = outage;
        this.constraint = constraint;
    }

    /** What the server would say, before it must. */
    static DatabaseException diskFull() {
        return of("disk.reserve", new SQLException("less than the reserve is free", "53100"));
    }

    static DatabaseException of(String statement, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                Kind kind = timedOut(sql) ? Kind.TIMEOUT : kind(sql);
                return new DatabaseException(statement, kind, outage(sql, kind), constraint(sql), failure);
            }
        }
        return new DatabaseException(statement, Kind.OTHER, null, null, failure);
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

    /** Why it cannot be done for the moment; empty when trying again would fail again. */
    public Optional<Outage> outage() {
        return Optional.ofNullable(outage);
    }

    /** The value of {@code error_type} to count it under: no turn in time is a timeout, since a server that is busy is not away. */
    String label() {
        return outage == Outage.BUSY && getCause() instanceof PoolBusyException ? Kind.TIMEOUT.label() : kind.label();
    }

    @Override
    public boolean unavailable() {
        return outage != null;
    }

    @Override
    public String detail() {
        return outage == null ? Unavailable.super.detail() : outage.detail;
    }

    @Override
    public String errorType() {
        return outage == null ? Unavailable.super.errorType() : outage.errorType;
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
            // Too many connections; the server shuts down, crashed or starts, or closed an idle one; no such database.
            case "53300", "57P01", "57P02", "57P03", "57P04", "57P05", "3D000" -> Kind.CONNECTION;
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

    private static @Nullable Outage outage(SQLException e, Kind kind) {
        if (e instanceof PoolBusyException) {
            return Outage.BUSY;
        }
        return switch (String.valueOf(e.getSQLState())) {
            case "53100" -> Outage.DISK_FULL;
            // No memory, no connection, or another limit of the server's configuration.
            case "53000", "53200", "53300", "53400" -> Outage.BUSY;
            case "25006" -> Outage.READ_ONLY;
            case "58000", "58030" -> Outage.DISK_BROKEN;
            default ->
                switch (kind) {
                    case CONNECTION -> Outage.AWAY;
                    case TIMEOUT -> Outage.SLOW;
                    case CONSTRAINT, SERIALIZATION, SYNTAX, OTHER -> null;
                };
        };
    }

    private static @Nullable String constraint(SQLException e) {
        ServerErrorMessage message = e instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
        return message == null ? null : message.getConstraint();
    }
}
