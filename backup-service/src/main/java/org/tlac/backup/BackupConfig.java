package org.tlac.backup;

import io.helidon.config.Config;
import java.net.URI;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Optional;
import java.util.function.Function;
import org.tlac.backup.dump.PgPrograms;
import org.tlac.backup.retention.Retention;
import org.tlac.backup.run.BackupMaker;
import org.tlac.backup.schedule.DailySchedule;
import org.tlac.platform.db.DatabaseConfig;
import org.tlac.platform.db.DiskSpace;
import org.tlac.platform.http.ServerConfig;

/**
 * Every key of backup-service.
 *
 * @param jwks where auth-service's public keys are
 * @param folder of all backups; every replica must see the same one
 * @param making what goes into a backup, and when not to begin one
 * @param programs pg_dump and pg_restore
 * @param path where programs are looked for
 * @param retention which backups are kept
 * @param schedule empty when backups are only taken by hand
 */
record BackupConfig(
        ServerConfig server,
        DatabaseConfig database,
        URI jwks,
        Path folder,
        BackupMaker.Settings making,
        PgPrograms.Settings programs,
        String path,
        Retention retention,
        Optional<DailySchedule> schedule) {

    private static final long MEBIBYTE = 1 << 20;

    private static final Duration DISK_POLL = Duration.ofSeconds(10);

    /** The disk of all backups, and what must stay free on it. */
    DiskSpace.Settings disk() {
        return new DiskSpace.Settings(Optional.of(folder), making.minimumFreeBytes(), DISK_POLL);
    }

    /** @throws RuntimeException that names the key which is missing or whose value cannot be used */
    static BackupConfig from(Config config) {
        Config backup = config.get("backup");
        return new BackupConfig(
                ServerConfig.from(config),
                DatabaseConfig.from(config),
                URI.create(config.get("identity.jwks").asString().get()),
                Path.of(backup.get("folder").asString().get()),
                new BackupMaker.Settings(
                        Path.of(config.get("data.folder").asString().get()),
                        atLeastZero(backup.get("minimumfree")) * MEBIBYTE),
                new PgPrograms.Settings(
                        backup.get("pgdump").asString().get(),
                        backup.get("pgrestore").asString().get(),
                        positive(backup.get("timeout"))),
                config.get("PATH").asString().orElse("/usr/local/bin:/usr/bin:/bin"),
                new Retention(
                        Math.toIntExact(atLeastZero(backup.get("keepcount"))),
                        backup.get("keepage").as(Duration.class).get()),
                schedule(backup));
    }

    private static Optional<DailySchedule> schedule(Config backup) {
        String at = backup.get("schedule").asString().orElse("").strip();
        if (at.isEmpty()) {
            return Optional.empty();
        }
        ZoneId zone = Optional.of(backup.get("zone").asString().orElse("").strip())
                .filter(name -> !name.isEmpty())
                .map(name -> parsed("backup.zone", name, ZoneId::of))
                .orElseGet(ZoneId::systemDefault);
        return Optional.of(new DailySchedule(parsed("backup.schedule", at, LocalTime::parse), zone));
    }

    private static <T> T parsed(String key, String value, Function<String, T> parse) {
        try {
            return parse.apply(value);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(key + " cannot be " + value, e);
        }
    }

    private static long atLeastZero(Config number) {
        long value = number.asLong().get();
        if (value < 0) {
            throw new IllegalArgumentException(number.key() + " must not be negative, not " + value);
        }
        return value;
    }

    private static Duration positive(Config duration) {
        Duration value = duration.as(Duration.class).get();
        if (!value.isPositive()) {
            throw new IllegalArgumentException(duration.key() + " must be longer than nothing, not " + value);
        }
        return value;
    }
}
