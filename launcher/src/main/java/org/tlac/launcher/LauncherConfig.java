package org.tlac.launcher;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import org.tlac.launcher.home.Disk;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.KeyValues;
import org.tlac.launcher.home.UserError;
import org.tlac.launcher.logs.Logs;
import org.tlac.launcher.postgres.Postgres;
import org.tlac.launcher.process.ManagedProcess;
import org.tlac.launcher.process.Timeouts;
import org.tlac.launcher.process.Watchdog;

/**
 * How the launcher watches what it runs. Each value is a line {@code KEY=value} of {@code .tlac/config/launcher.env}, or a variable of the
 * environment, which wins.
 *
 * @param watchdog when a part that runs is taken to hang
 * @param patience of every part but PostgreSQL
 * @param longestDatabasePause what PostgreSQL's back-off grows to: without it nobody works, and it is quick to start
 * @param logs how large logs get, and how many are kept
 * @param disk when the disk that holds data is called nearly full
 */
public record LauncherConfig(
        Watchdog.Limits watchdog,
        Timeouts patience,
        Duration longestDatabasePause,
        Logs.Limits logs,
        Disk.Limits disk) {

    private static final Duration LONGEST = Duration.ofHours(1);

    public static final LauncherConfig STANDARD = from(Map.of());

    public LauncherConfig {
        require(!longestDatabasePause.minus(patience.firstPause()).isNegative(), "TLAC_BACKOFF_LONGESTDATABASE");
    }

    /** What the environment says, and what it does not say from the file. @throws UserError on a value that cannot be used */
    static LauncherConfig from(Map<String, String> environment, Home home) {
        Map<String, String> values = new HashMap<>(KeyValues.read(home.overrides("launcher")));
        values.putAll(environment);
        return from(values);
    }

    private static LauncherConfig from(Map<String, String> values) {
        return new LauncherConfig(
                new Watchdog.Limits(
                        duration(values, "TLAC_WATCHDOG_INTERVAL", "PT1S"),
                        duration(values, "TLAC_WATCHDOG_TIMEOUT", "PT2S"),
                        Math.toIntExact(number(values, "TLAC_WATCHDOG_FAILURES", 3, 1, 100)),
                        Math.toIntExact(number(values, "TLAC_WATCHDOG_BUSY_FAILURES", 12, 1, 100))),
                new Timeouts(
                        duration(values, "TLAC_START_TIMEOUT", "PT60S"),
                        duration(values, "TLAC_BACKOFF_FIRST", "PT0.25S"),
                        duration(values, "TLAC_BACKOFF_LONGEST", "PT30S"),
                        duration(values, "TLAC_BACKOFF_FORGET", "PT1M")),
                duration(values, "TLAC_BACKOFF_LONGESTDATABASE", "PT5S"),
                new Logs.Limits(
                        number(values, "TLAC_LOG_MAXBYTES", 10L << 20, 4 << 10, 1L << 40),
                        Math.toIntExact(number(values, "TLAC_LOG_FILES", 4, 1, 1000))),
                new Disk.Limits(
                        number(values, "TLAC_DISK_NEARLYFULLBYTES", 1L << 30, 0, Long.MAX_VALUE),
                        duration(values, "TLAC_DISK_INTERVAL", "PT30S")));
    }

    /** That of a part. */
    Timeouts patience(ManagedProcess part) {
        return part.name().equals(Postgres.NAME) ? patience.withLongestPause(longestDatabasePause) : patience;
    }

    private static Duration duration(Map<String, String> values, String key, String standard) {
        try {
            Duration value = Duration.parse(values.getOrDefault(key, standard));
            require(value.isPositive() && value.compareTo(LONGEST) <= 0, key);
            return value;
        } catch (DateTimeParseException e) {
            throw new UserError(key + " must be a duration such as " + standard, e);
        }
    }

    private static long number(Map<String, String> values, String key, long standard, long least, long most) {
        try {
            long value = Long.parseLong(values.getOrDefault(key, Long.toString(standard)));
            require(value >= least && value <= most, key);
            return value;
        } catch (NumberFormatException e) {
            throw new UserError(key + " must be a number such as " + standard, e);
        }
    }

    private static void require(boolean fine, String key) {
        if (!fine) {
            throw new UserError(key + " is out of its bounds: docs/configuration.md names them.");
        }
    }
}
