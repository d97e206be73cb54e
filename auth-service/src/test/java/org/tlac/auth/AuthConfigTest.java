package org.tlac.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tlac.auth.keys.KeyRotation;
import org.tlac.platform.db.DatabaseConfig;
import org.tlac.platform.http.ConnectionLimits;
import org.tlac.platform.http.ServerConfig;
import org.tlac.platform.metrics.ServiceName;

class AuthConfigTest {

    private static final Config YAML = Config.just(ConfigSources.classpath("application.yaml"));

    /** application.yaml with these keys changed. */
    private static Config with(Map<String, String> changes) {
        Map<String, String> values = new HashMap<>(YAML.asMap().get());
        values.putAll(changes);
        return Config.just(ConfigSources.create(values));
    }

    @Test
    void defaults() {
        assertThat(AuthConfig.from(YAML))
                .isEqualTo(new AuthConfig(
                        new ServerConfig(
                                "127.0.0.1",
                                8081,
                                "127.0.0.1",
                                9081,
                                1 << 20,
                                16 << 10,
                                ConnectionLimits.DEFAULT,
                                Duration.ofSeconds(30),
                                Runtime.getRuntime().maxMemory() / 2,
                                Duration.ZERO,
                                Duration.ofSeconds(10)),
                        DatabaseConfig.from(YAML),
                        Path.of(".tlac/secrets/gateway-service"),
                        Duration.ofMinutes(480),
                        Duration.ofSeconds(60),
                        Runtime.getRuntime().availableProcessors(),
                        Duration.ofSeconds(5),
                        Duration.ofHours(24),
                        Duration.ofDays(30),
                        new KeyRotation(Duration.ofDays(30), Duration.ofHours(1)),
                        Duration.ofMinutes(1)));
        assertThat(AuthConfig.from(YAML).database())
                .returns("jdbc:postgresql://127.0.0.1:5432/tlac", DatabaseConfig::url)
                .returns("auth", DatabaseConfig::username)
                .returns(Path.of(".tlac/secrets/database-auth"), DatabaseConfig::passwordFile)
                .returns(20, DatabaseConfig::poolSize);
    }

    @Test
    void codeAndFile_haveTheSameDefaults() {
        Map<String, String> values = new HashMap<>(YAML.asMap().get());
        values.keySet().removeIf(key -> key.matches("(identity|session|password|login|keys|upkeep)\\..*"));
        assertThat(AuthConfig.from(Config.just(ConfigSources.create(values)))).isEqualTo(AuthConfig.from(YAML));
    }

    @Test
    void everyKey_isRead() {
        AuthConfig config = AuthConfig.from(with(Map.ofEntries(
                Map.entry("identity.servicesecretfile", "/run/secret"),
                Map.entry("session.ttl", "PT1H"),
                Map.entry("session.tokenlifetime", "PT30S"),
                Map.entry("password.concurrent", "3"),
                Map.entry("password.wait", "PT2S"),
                Map.entry("login.forget", "PT12H"),
                Map.entry("login.knownaddress", "PT0S"),
                Map.entry("keys.rotation", "P7D"),
                Map.entry("keys.published", "PT2H"),
                Map.entry("upkeep.interval", "PT5S"),
                Map.entry("server.port", "1"),
                Map.entry("database.poolsize", "3"))));

        assertThat(config)
                .returns(Path.of("/run/secret"), AuthConfig::serviceSecretFile)
                .returns(Duration.ofHours(1), AuthConfig::sessionTtl)
                .returns(Duration.ofSeconds(30), AuthConfig::tokenLifetime)
                .returns(3, AuthConfig::concurrentHashes)
                .returns(Duration.ofSeconds(2), AuthConfig::hashWait)
                .returns(Duration.ofHours(12), AuthConfig::forgetFailures)
                .returns(Duration.ZERO, AuthConfig::knownAddress)
                .returns(new KeyRotation(Duration.ofDays(7), Duration.ofHours(2)), AuthConfig::keys)
                .returns(Duration.ofSeconds(5), AuthConfig::upkeep);
        assertThat(config.server().port()).isEqualTo(1);
        assertThat(config.database().poolSize()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "session.ttl, PT59S",
        "session.tokenlifetime, PT61S",
        "session.tokenlifetime, PT14S",
        "password.concurrent, -1",
        "password.wait, PT0S",
        "login.forget, PT9M",
        "login.knownaddress, PT-1S",
        "keys.rotation, PT19M",
        "keys.published, PT4M",
        "upkeep.interval, PT0S",
        "server.port, 70000"
    })
    void unusableValue_namesItsKey(String key, String value) {
        Config config = with(Map.of(key, value));
        assertThatThrownBy(() -> AuthConfig.from(config)).hasMessageContaining(key);
    }

    @Test
    void ports_areThoseOfTheTable() {
        AuthConfig config = AuthConfig.from(YAML);
        assertThat(config.server().port()).isEqualTo(ServiceName.AUTH.port());
        assertThat(config.server().managementPort()).isEqualTo(ServiceName.AUTH.managementPort());
    }
}
