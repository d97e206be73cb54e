package org.tlac.backup.dump;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RestoreErrorsTest {

    private static final String UNKNOWN = """
            pg_restore: error: could not execute query: ERROR:  unrecognized configuration parameter "transaction_timeout"
            Command was: SET transaction_timeout = 0;
            """;

    @Test
    void unknownSettingAlone_isHarmless() {
        assertThat(RestoreErrors.onlyUnknownSettings(UNKNOWN + "pg_restore: warning: errors ignored on restore: 1\n"))
                .isTrue();
    }

    @Test
    void anythingElse_isNot() {
        String other = """
                pg_restore: error: could not execute query: ERROR:  relation does not exist
                Command was: ALTER TABLE x ADD y int;
                """;
        assertThat(RestoreErrors.onlyUnknownSettings(
                        UNKNOWN + other + "pg_restore: warning: errors ignored on restore: 2\n"))
                .isFalse();
        assertThat(RestoreErrors.onlyUnknownSettings(other + "pg_restore: warning: errors ignored on restore: 1\n"))
                .isFalse();
    }

    @Test
    void restoreThatDidNotGetToItsEnd_isNot() {
        assertThat(RestoreErrors.onlyUnknownSettings(UNKNOWN + "pg_restore: error: could not uncompress data\n"))
                .isFalse();
        assertThat(RestoreErrors.onlyUnknownSettings("")).isFalse();
    }
}
