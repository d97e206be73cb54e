package org.tlac.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tlac.platform.http.ServerConfig;
import org.tlac.runner.run.RunRules;
import org.tlac.runner.sandbox.Isolation;
import org.tlac.runner.sandbox.Limits;

class RunnerConfigTest {

    private static final Config YAML = Config.just(ConfigSources.classpath("application.yaml"));

    /** application.yaml with one key changed. */
    private static RunnerConfig with(String key, String value) {
        Map<String, String> values = new HashMap<>(YAML.asMap().get());
        values.put(key, value);
        return RunnerConfig.from(Config.just(ConfigSources.create(values)));
    }

    @Test
    void defaults() {
        assertThat(RunnerConfig.from(YAML))
                .isEqualTo(new RunnerConfig(
                        new ServerConfig(
                                "127.0.0.1",
                                8083,
                                "127.0.0.1",
                                9083,
                                1 << 20,
                                16 << 10,
                                Duration.ofSeconds(30),
                                1000,
                                Duration.ZERO,
                                Duration.ofSeconds(10)),
                        URI.create("http://127.0.0.1:8081/.well-known/jwks.json"),
                        "",
                        Runtime.getRuntime().availableProcessors(),
                        64,
                        500,
                        new RunRules(
                                new Limits(
                                        Duration.ofSeconds(3),
                                        128 << 20,
                                        256 << 20,
                                        64,
                                        8 << 20,
                                        128,
                                        32 << 20,
                                        256,
                                        1 << 20,
                                        20_000,
                                        20_000,
                                        8,
                                        50_000,
                                        50_000),
                                Duration.ofSeconds(20),
                                Isolation.FULL)));
    }

    @Test
    void keys() {
        assertThat(with("runner.python", "/opt/python3").python()).isEqualTo("/opt/python3");
        assertThat(with("runner.slots", "7").slots()).isEqualTo(7);
        assertThat(with("runner.queue", "0").queue()).isZero();
        assertThat(with("runner.runsperzygote", "1").runsPerZygote()).isEqualTo(1);
        assertThat(with("runner.minimumisolation", "process").rules().minimum()).isEqualTo(Isolation.PROCESS);
        assertThat(with("runner.patience", "PT1S").rules().patience()).isEqualTo(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @CsvSource({
        "wall, PT1S", "memorybytes, 67108864", "addressspacebytes, 134217728", "processes, 1", "filebytes, 1",
                "descriptors, 16",
        "scratchbytes, 65536", "scratchinodes, 8", "floodbytes, 1", "outputcharacters, 1", "codecharacters, 1",
                "files, 0",
        "outputfilebytes, 1", "stdinbytes, 0"
    })
    void everyLimit_hasAKeyOfItsOwn(String key, String value) {
        Limits defaults = RunnerConfig.from(YAML).rules().limits();
        assertThat(with("limits." + key, value).rules().limits()).isNotEqualTo(defaults);
    }

    @ParameterizedTest
    @CsvSource({
        "runner.slots, -1",
        "runner.queue, -1",
        "runner.runsperzygote, 0",
        "runner.minimumisolation, none",
        "runner.minimumisolation, weak",
        "limits.wall, PT0S",
        "limits.memorybytes, 1000000",
        "limits.addressspacebytes, 100000000",
        "limits.processes, 0",
        "limits.processes, 1000",
        "limits.filebytes, 0",
        "limits.descriptors, 8",
        "limits.scratchbytes, 1",
        "limits.scratchinodes, 1",
        "limits.scratchinodes, 10001",
        "limits.floodbytes, 0",
        "limits.outputcharacters, 0",
        "limits.codecharacters, 0",
        "limits.files, -1",
        "limits.outputfilebytes, 0",
        "limits.stdinbytes, -1"
    })
    void valueThatCannotBeUsed_isNamed(String key, String value) {
        assertThatThrownBy(() -> with(key, value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(key);
    }
}
