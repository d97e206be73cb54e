package org.tlac.backup.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PgServerTest {

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db:5433/tlac, db, 5433, tlac",
        "jdbc:postgresql://127.0.0.1/tlac, 127.0.0.1, 5432, tlac",
        "jdbc:postgresql://[::1]:5433/tlac, ::1, 5433, tlac",
        "jdbc:postgresql://[fd00::1]/tlac, fd00::1, 5432, tlac",
        "'jdbc:postgresql://a:1,b:2/tlac', 'a,b', '1,2', tlac",
        "jdbc:postgresql:///my%20db?sslmode=require, localhost, 5432, my db",
    })
    void url_becomesLibpqsVariables(String url, String host, String port, String database) {
        assertThat(new PgServer(url, "backup", () -> "secret").environment())
                .containsAllEntriesOf(Map.of(
                        "PGHOST", host,
                        "PGPORT", port,
                        "PGDATABASE", database,
                        "PGUSER", "backup",
                        "PGPASSWORD", "secret"));
    }

    @Test
    void encryption_isAskedOfLibpqToo() {
        PgServer server = new PgServer(
                "jdbc:postgresql://db/tlac?sslmode=verify-full&sslrootcert=/etc/ca.pem&prepareThreshold=0",
                "backup",
                () -> "secret");
        assertThat(server.environment())
                .containsEntry("PGSSLMODE", "verify-full")
                .containsEntry("PGSSLROOTCERT", "/etc/ca.pem");
        assertThat(server.toString()).doesNotContain("secret");
    }

    @Test
    void otherAddresses_areRefused() {
        assertThatThrownBy(() -> new PgServer("jdbc:postgresql:tlac", "backup", () -> ""))
                .hasMessageContaining("database.url");
        assertThatThrownBy(() -> new PgServer("jdbc:postgresql://db", "backup", () -> ""))
                .hasMessageContaining("database.url");
    }
}
