package org.tlac.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tlac.launcher.home.Disk;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.UserError;
import org.tlac.launcher.logs.Logs;
import org.tlac.launcher.process.Timeouts;
import org.tlac.launcher.process.Watchdog;

class LauncherConfigTest {

    @TempDir
    private Path folder;

    private LauncherConfig config(Map<String, String> environment) {
        return LauncherConfig.from(environment, new Home(folder, folder));
    }

    @Test
    void defaults() {
        assertThat(config(Map.of()))
                .isEqualTo(LauncherConfig.STANDARD)
                .isEqualTo(new LauncherConfig(
                        new Watchdog.Limits(Duration.ofSeconds(1), Duration.ofSeconds(2), 3, 12),
                        new Timeouts(
                                Duration.ofSeconds(60),
                                Duration.ofMillis(250),
                                Duration.ofSeconds(30),
                                Duration.ofMinutes(1)),
                        Duration.ofSeconds(5),
                        new Logs.Limits(10_485_760, 4),
                        new Disk.Limits(1_073_741_824, Duration.ofSeconds(30))));
    }

    @Test
    void file_isRead_andTheEnvironmentWins() throws Exception {
        Path file = new Home(folder, folder).overrides("launcher");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "# ours\nTLAC_LOG_FILES=9\nTLAC_WATCHDOG_FAILURES=7\n");
        LauncherConfig config = config(Map.of("TLAC_WATCHDOG_FAILURES", "8"));
        assertThat(config.logs().files()).isEqualTo(9);
        assertThat(config.watchdog().failures()).isEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource({
        "TLAC_WATCHDOG_INTERVAL, PT0S",
        "TLAC_WATCHDOG_INTERVAL, PT1H0.001S",
        "TLAC_WATCHDOG_TIMEOUT, 2",
        "TLAC_WATCHDOG_FAILURES, 0",
        "TLAC_WATCHDOG_FAILURES, 101",
        "TLAC_WATCHDOG_BUSY_FAILURES, 0",
        "TLAC_START_TIMEOUT, -PT1S",
        "TLAC_BACKOFF_FIRST, PT6S",
        "TLAC_BACKOFF_LONGEST, PT0.2S",
        "TLAC_BACKOFF_LONGESTDATABASE, PT0.2S",
        "TLAC_BACKOFF_FORGET, soon",
        "TLAC_LOG_MAXBYTES, 4095",
        "TLAC_LOG_FILES, 0",
        "TLAC_LOG_FILES, many",
        "TLAC_DISK_NEARLYFULLBYTES, -1",
        "TLAC_DISK_INTERVAL, PT0S"
    })
    void valueThatCannotBeUsed_isSaidWithItsKey(String key, String value) {
        assertThatThrownBy(() -> config(Map.of(key, value)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining(key.startsWith("TLAC_BACKOFF_FIRST") ? "TLAC_BACKOFF" : key);
    }

    @ParameterizedTest
    @CsvSource({
        "TLAC_WATCHDOG_INTERVAL, PT1H",
        "TLAC_WATCHDOG_FAILURES, 1",
        "TLAC_WATCHDOG_FAILURES, 100",
        "TLAC_BACKOFF_FIRST, PT5S",
        "TLAC_BACKOFF_LONGEST, PT0.25S",
        "TLAC_LOG_MAXBYTES, 4096",
        "TLAC_LOG_FILES, 1",
        "TLAC_DISK_NEARLYFULLBYTES, 0"
    })
    void valueAtTheEdge_isUsed(String key, String value) {
        assertThat(config(Map.of(key, value))).isNotNull();
    }
}
