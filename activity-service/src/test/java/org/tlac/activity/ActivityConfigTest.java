package org.tlac.activity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tlac.platform.db.DatabaseConfig;
import org.tlac.platform.db.DiskSpace;
import org.tlac.platform.http.ConnectionLimits;
import org.tlac.platform.http.ServerConfig;
import org.tlac.platform.metrics.ServiceName;

class ActivityConfigTest {

    private static final Config YAML = Config.just(ConfigSources.classpath("application.yaml"));

    /** application.yaml with these keys changed. */
    private static Config with(Map<String, String> changes) {
        Map<String, String> values = new HashMap<>(YAML.asMap().get());
        values.putAll(changes);
        return Config.just(ConfigSources.create(values));
    }

    @Test
    void defaults() {
        assertThat(ActivityConfig.from(YAML))
                .isEqualTo(new ActivityConfig(
                        new ServerConfig(
                                "127.0.0.1",
                                8082,
                                "127.0.0.1",
                                9082,
                                1 << 20,
                                16 << 10,
                                ConnectionLimits.DEFAULT,
                                Duration.ofSeconds(30),
                                Runtime.getRuntime().maxMemory() / 2,
                                Duration.ZERO,
                                Duration.ofSeconds(10)),
                        DatabaseConfig.from(YAML),
                        URI.create("http://127.0.0.1:8081/.well-known/jwks.json"),
                        Path.of("course"),
                        Duration.ofSeconds(5),
                        512 << 10,
                        8L << 20,
                        8L << 20,
                        new DiskSpace.Settings(Optional.empty(), 256L << 20, Duration.ofSeconds(2))));
        assertThat(ActivityConfig.from(YAML).database())
                .returns("jdbc:postgresql://127.0.0.1:5432/tlac", DatabaseConfig::url)
                .returns("activity", DatabaseConfig::username)
                .returns(Path.of(".tlac/secrets/database-activity"), DatabaseConfig::passwordFile)
                .returns(20, DatabaseConfig::poolSize);
    }

    @Test
    void codeAndFile_haveTheSameDefaults() {
        Map<String, String> values = new HashMap<>(YAML.asMap().get());
        values.keySet().removeIf(key -> key.matches("(limits|course|identity|disk)\\..*"));
        assertThat(ActivityConfig.from(Config.just(ConfigSources.create(values))))
                .isEqualTo(ActivityConfig.from(YAML));
    }

    @Test
    void everyKey_isRead() {
        ActivityConfig config = ActivityConfig.from(with(Map.of(
                "identity.jwks", "https://auth:1/keys",
                "course.folder", "/srv/course",
                "course.poll", "PT1M",
                "limits.statebytes", "1000",
                "limits.userbytes", "2000",
                "limits.answerbytes", "3000",
                "server.port", "1",
                "database.poolsize", "3")));

        assertThat(config)
                .returns(URI.create("https://auth:1/keys"), ActivityConfig::jwks)
                .returns(Path.of("/srv/course"), ActivityConfig::courseFolder)
                .returns(Duration.ofMinutes(1), ActivityConfig::coursePoll)
                .returns(1000, ActivityConfig::stateBytes)
                .returns(2000L, ActivityConfig::userBytes)
                .returns(3000L, ActivityConfig::answerBytes);
        assertThat(ActivityConfig.from(with(Map.of(
                                "disk.data", "/srv/db",
                                "disk.reservebytes", "0",
                                "disk.poll", "PT0.001S")))
                        .disk())
                .isEqualTo(new DiskSpace.Settings(Optional.of(Path.of("/srv/db")), 0, Duration.ofMillis(1)));
        assertThat(config.server().port()).isEqualTo(1);
        assertThat(config.database().poolSize()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "identity.jwks, ftp://x/y",
        "identity.jwks, keys",
        "course.poll, PT0S",
        "limits.statebytes, 1",
        "limits.statebytes, 1048576",
        "limits.userbytes, 1000",
        "limits.answerbytes, 1000",
        "disk.reservebytes, -1",
        "disk.poll, PT0S",
        "server.port, 70000"
    })
    void unusableValue_namesItsKey(String key, String value) {
        Config config = with(Map.of(key, value));
        assertThatThrownBy(() -> ActivityConfig.from(config)).hasMessageContaining(key);
    }

    @Test
    void ports_areThoseOfTheTable() {
        ActivityConfig config = ActivityConfig.from(YAML);
        assertThat(config.server().port()).isEqualTo(ServiceName.ACTIVITY.port());
        assertThat(config.server().managementPort()).isEqualTo(ServiceName.ACTIVITY.managementPort());
        assertThat(config.jwks()).hasPort(ServiceName.AUTH.port());
    }
}
