package org.tlac.platform.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tlac.platform.db.DatabaseException.Kind;
import org.tlac.platform.db.DatabaseException.Outage;

/** PostgreSQL manual, appendix A: what each SQLSTATE is counted as, and what a caller is told. */
class DatabaseExceptionTest {

    @ParameterizedTest
    @CsvSource({
        "08000, CONNECTION, AWAY",
        "08001, CONNECTION, AWAY",
        "08006, CONNECTION, AWAY",
        "28P01, CONNECTION, AWAY",
        "3D000, CONNECTION, AWAY",
        "57P01, CONNECTION, AWAY",
        "57P02, CONNECTION, AWAY",
        "57P03, CONNECTION, AWAY",
        "57P04, CONNECTION, AWAY",
        "57P05, CONNECTION, AWAY",
        "53300, CONNECTION, BUSY",
        "53000, OTHER, BUSY",
        "53200, OTHER, BUSY",
        "53400, OTHER, BUSY",
        "53100, OTHER, DISK_FULL",
        "58000, OTHER, DISK_BROKEN",
        "58030, OTHER, DISK_BROKEN",
        "25006, OTHER, READ_ONLY",
        "57014, TIMEOUT, SLOW",
        "55P03, TIMEOUT, SLOW",
        "23505, CONSTRAINT,",
        "40001, SERIALIZATION,",
        "42601, SYNTAX,",
        "22012, OTHER,",
        "XX001, OTHER,"
    })
    void sqlState_isClassified(String state, Kind kind, Outage outage) {
        DatabaseException failure = DatabaseException.of("save", new SQLException("data of pupils", state));

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.label()).isEqualTo(kind.label());
        assertThat(failure.outage().orElse(null)).isEqualTo(outage);
        assertThat(failure.unavailable()).isEqualTo(outage != null);
        assertThat(failure).hasMessageNotContaining("pupils");
        if (outage != null) {
            assertThat(failure.detail()).isEqualTo(outage.detail());
        }
    }

    @Test
    void failureWithoutAState_isWhatItsTypeSays() {
        assertThat(DatabaseException.of("save", new SQLTransientConnectionException("x"))
                        .outage())
                .contains(Outage.AWAY);
        assertThat(DatabaseException.of("save", new SQLException("x", "08006", new SocketTimeoutException()))
                        .outage())
                .contains(Outage.SLOW);
        assertThat(DatabaseException.of("save", new SQLException("x")).outage()).isEmpty();
        assertThat(DatabaseException.of("save", new IllegalStateException("x")).outage())
                .isEmpty();
    }

    @Test
    void turnThatDidNotCome_isATimeout_andNobodyIsAway() {
        DatabaseException failure = DatabaseException.of("begin", new PoolBusyException("all in use"));
        assertThat(failure.outage()).contains(Outage.BUSY);
        assertThat(failure.label()).isEqualTo("timeout");
        assertThat(failure.errorType()).isEqualTo("database_busy");
    }
}
