package org.tlac.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tlac.backup.dump.PgPrograms;
import org.tlac.backup.retention.Retention;
import org.tlac.backup.run.BackupMaker;
import org.tlac.backup.schedule.DailySchedule;
import org.tlac.platform.metrics.ServiceName;

class BackupConfigTest {

    @Test
    void defaults() {
        BackupConfig config = config(Map.of());
        assertThat(config.server().host()).isEqualTo("127.0.0.1");
        assertThat(config.server().port()).isEqualTo(8084);
        assertThat(config.server().managementHost()).isEqualTo("127.0.0.1");
        assertThat(config.server().managementPort()).isEqualTo(9084);
        assertThat(config.database().url()).isEqualTo("jdbc:postgresql://127.0.0.1:5432/tlac");
        assertThat(config.database().username()).isEqualTo("backup");
        assertThat(config.database().passwordFile()).isEqualTo(Path.of(".tlac/secrets/database-backup"));
        assertThat(config.database().poolSize()).isEqualTo(20);
        assertThat(config.jwks()).isEqualTo(URI.create("http://127.0.0.1:8081/.well-known/jwks.json"));
        assertThat(config.folder()).isEqualTo(Path.of(".tlac/backups"));
        assertThat(config.making()).isEqualTo(new BackupMaker.Settings(Path.of("course"), 256L << 20));
        assertThat(config.programs()).isEqualTo(new PgPrograms.Settings("pg_dump", "pg_restore", Duration.ofHours(2)));
        assertThat(config.path()).isEqualTo("/usr/local/bin:/usr/bin:/bin");
        assertThat(config.retention()).isEqualTo(new Retention(30, Duration.ofDays(90)));
        assertThat(config.schedule()).contains(new DailySchedule(LocalTime.of(2, 30), ZoneId.systemDefault()));
    }

    @Test
    void everyKey_canBeSet() {
        BackupConfig config = config(Map.ofEntries(
                Map.entry("backup.folder", "/b"),
                Map.entry("data.folder", "/d"),
                Map.entry("backup.pgdump", "/p/pg_dump"),
                Map.entry("backup.pgrestore", "/p/pg_restore"),
                Map.entry("backup.timeout", "PT5M"),
                Map.entry("backup.minimumfree", "7"),
                Map.entry("backup.keepcount", "0"),
                Map.entry("backup.keepage", "PT0S"),
                Map.entry("backup.schedule", "23:15"),
                Map.entry("backup.zone", "Europe/Berlin"),
                Map.entry("PATH", "/p"),
                Map.entry("identity.jwks", "http://auth/keys")));
        assertThat(config.folder()).isEqualTo(Path.of("/b"));
        assertThat(config.making()).isEqualTo(new BackupMaker.Settings(Path.of("/d"), 7L << 20));
        assertThat(config.programs())
                .isEqualTo(new PgPrograms.Settings("/p/pg_dump", "/p/pg_restore", Duration.ofMinutes(5)));
        assertThat(config.path()).isEqualTo("/p");
        assertThat(config.retention()).isEqualTo(new Retention(0, Duration.ZERO));
        assertThat(config.schedule()).contains(new DailySchedule(LocalTime.of(23, 15), ZoneId.of("Europe/Berlin")));
        assertThat(config.jwks()).isEqualTo(URI.create("http://auth/keys"));
        assertThat(config(Map.of("backup.schedule", "")).schedule()).isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({
        "backup.schedule, half past two",
        "backup.zone, Mars/Olympus",
        "backup.keepcount, -1",
        "backup.keepcount, many",
        "backup.keepage, PT-1S",
        "backup.minimumfree, -1",
        "backup.timeout, PT0S",
        "backup.timeout, soon",
        "server.port, 65536",
        "database.poolsize, 0",
    })
    void valueThatCannotBe_isRefusedByTheNameOfItsKey(String key, String value) {
        assertThatThrownBy(() -> config(Map.of(key, value))).hasMessageContaining(key);
    }

    private static BackupConfig config(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(
                Config.just(ConfigSources.classpath("application.yaml")).asMap().get());
        all.putAll(settings);
        return BackupConfig.from(Config.just(ConfigSources.create(all)));
    }

    @Test
    void ports_areThoseOfTheTable() {
        BackupConfig config = config(Map.of());
        assertThat(config.server().port()).isEqualTo(ServiceName.BACKUP.port());
        assertThat(config.server().managementPort()).isEqualTo(ServiceName.BACKUP.managementPort());
        assertThat(config.jwks()).hasPort(ServiceName.AUTH.port());
    }
}
