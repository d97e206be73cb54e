package org.tlac.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tlac.platform.http.ConnectionLimits;
import org.tlac.platform.http.ServerConfig;
import org.tlac.platform.metrics.ServiceName;
import org.tlac.runner.check.CheckRules;
import org.tlac.runner.interactive.InteractiveRules;
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
                                ConnectionLimits.DEFAULT,
                                Duration.ofSeconds(30),
                                Runtime.getRuntime().maxMemory() / 2,
                                Duration.ZERO,
                                Duration.ofSeconds(10)),
                        URI.create("http://127.0.0.1:8081/.well-known/jwks.json"),
                        "",
                        Runtime.getRuntime().availableProcessors(),
                        64,
                        2000,
                        "",
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
                                Isolation.FULL),
                        new InteractiveRules(
                                32,
                                1,
                                Duration.ofMinutes(1),
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(60),
                                Duration.ofMinutes(10),
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(3),
                                50_000),
                        new CheckRules(Path.of("course"), 20, Duration.ofSeconds(20))));
    }

    @Test
    void keys() {
        assertThat(with("runner.python", "/opt/python3").python()).isEqualTo("/opt/python3");
        assertThat(with("runner.slots", "7").slots()).isEqualTo(7);
        assertThat(with("runner.queue", "0").queue()).isZero();
        assertThat(with("runner.runsperzygote", "1").runsPerZygote()).isEqualTo(1);
        assertThat(with("runner.scratch", "/scratch").scratch()).isEqualTo("/scratch");
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
        "most, 1",
        "warm, 0",
        "linger, PT9S",
        "patience, PT9S",
        "turn, PT9S",
        "idle, PT9S",
        "lifetime, PT9S",
        "grace, PT9S",
        "kept, PT9S",
        "heartbeat, PT9S",
        "inputbytes, 0"
    })
    void everyRuleOfSessions_hasAKeyOfItsOwn(String key, String value) {
        InteractiveRules defaults = RunnerConfig.from(YAML).interactive();
        assertThat(with("sessions." + key, value).interactive()).isNotEqualTo(defaults);
    }

    @Test
    void keysOfChecks() {
        assertThat(with("course.folder", "/srv/course").checks().course()).isEqualTo(Path.of("/srv/course"));
        assertThat(with("checks.most", "3").checks().most()).isEqualTo(3);
        assertThat(with("checks.budget", "PT9S").checks().budget()).isEqualTo(Duration.ofSeconds(9));
    }

    @ParameterizedTest
    @CsvSource({
        "sessions.most, -1",
        "sessions.warm, -1",
        "sessions.warm, 33",
        "sessions.linger, PT0S",
        "sessions.patience, PT0S",
        "sessions.turn, PT0S",
        "sessions.idle, PT0S",
        "sessions.lifetime, PT0S",
        "sessions.grace, PT0S",
        "sessions.kept, PT0S",
        "sessions.heartbeat, PT0S",
        "sessions.inputbytes, -1",
        "checks.most, 0",
        "checks.budget, PT0S",
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

    @Test
    void ports_areThoseOfTheTable() {
        RunnerConfig config = RunnerConfig.from(YAML);
        assertThat(config.server().port()).isEqualTo(ServiceName.RUNNER.port());
        assertThat(config.server().managementPort()).isEqualTo(ServiceName.RUNNER.managementPort());
        assertThat(config.jwks()).hasPort(ServiceName.AUTH.port());
    }
}
