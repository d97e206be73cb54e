package org.tlac.platform.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseConfigTest {

    private static final Map<String, String> LEAST = Map.of(
            "database.url", "jdbc:postgresql://127.0.0.1:5432/tlac",
            "database.username", "auth",
            "database.passwordfile", "/run/secrets/database-auth");

    private static DatabaseConfig from(Map<String, String> keys) {
        return DatabaseConfig.from(Config.just(ConfigSources.create(keys)));
    }

    private static DatabaseConfig with(String key, String value) {
        Map<String, String> keys = new HashMap<>(LEAST);
        keys.put(key, value);
        return from(keys);
    }

    @Test
    void defaults() {
        assertThat(from(LEAST))
                .isEqualTo(new DatabaseConfig(
                        "jdbc:postgresql://127.0.0.1:5432/tlac",
                        "auth",
                        Path.of("/run/secrets/database-auth"),
                        20,
                        20,
                        Duration.ofMillis(1500),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(60)));
    }

    @Test
    void everyKey_isRead() {
        assertThat(with("database.poolsize", "3").poolSize()).isEqualTo(3);
        assertThat(with("database.poolsize", "3").warmConnections()).isEqualTo(3);
        assertThat(with("database.warmconnections", "0").warmConnections()).isZero();
        assertThat(with("database.waittimeout", "PT1.5S").waitTimeout()).isEqualTo(Duration.ofMillis(1500));
        assertThat(with("database.connecttimeout", "PT2S").connectTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(with("database.statementtimeout", "PT3S").statementTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(with("database.starttimeout", "PT0S").startTimeout()).isEqualTo(Duration.ZERO);
    }

    @ParameterizedTest
    @ValueSource(strings = {"database.url", "database.username", "database.passwordfile"})
    void missingKey_isNamed(String key) {
        Map<String, String> keys = new HashMap<>(LEAST);
        keys.remove(key);
        assertThatThrownBy(() -> from(keys)).hasMessageContaining(key);
    }

    @ParameterizedTest
    @CsvSource({
        "database.url, jdbc:mysql://127.0.0.1/tlac",
        "database.url, jdbc:postgresql://127.0.0.1/tlac?password=x",
        "database.poolsize, 0",
        "database.warmconnections, -1",
        "database.connecttimeout, PT0.2S",
        "database.waittimeout, PT1.4S",
        "database.statementtimeout, PT0S",
        "database.starttimeout, PT-1S"
    })
    void valueThatCannotBeUsed_isRefusedByName(String key, String value) {
        assertThatThrownBy(() -> with(key, value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(key);
    }

    @Test
    void password_isReadFromItsFileEachTime(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("password");
        DatabaseConfig config = with("database.passwordfile", file.toString());
        assertThatThrownBy(config::password)
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(file.toString());
        Files.writeString(file, "\n");
        assertThatThrownBy(config::password).isInstanceOf(IllegalArgumentException.class);
        Files.writeString(file, "first\n");
        assertThat(config.password()).isEqualTo("first");
        Files.writeString(file, "second");
        assertThat(config.password()).isEqualTo("second");
        assertThat(config.toString()).doesNotContain("second");
    }
}
