package org.tlac.platform.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.util.PSQLException;
import org.tlac.platform.db.Database;
import org.tlac.platform.db.DatabaseConfig;
import org.tlac.platform.db.DatabaseException;
import org.tlac.platform.db.DatabaseException.Outage;
import org.tlac.platform.db.DiskSpace;
import org.tlac.platform.metrics.Metrics;
import org.tlac.platform.metrics.ServiceName;

/** A real PostgreSQL on a disk that gets full: a small tmpfs, which only root may mount. */
@Timeout(180)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FullDiskTest {

    private static final int MEBIBYTE = 1 << 20;
    private static final String PASSWORD = "of-a-test";

    @TempDir
    private static Path folder;

    private static Path disk;
    private static EmbeddedPostgres postgres;
    private static Metrics metrics;
    private static Database database;

    @BeforeAll
    static void start() throws Exception {
        disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=160m,mode=0777", "tmpfs", disk.toString()),
                "mounting a tmpfs needs root");
        startServer(0);
        try (Connection superuser = superuser();
                Statement statement = superuser.createStatement()) {
            statement.execute("create role activity login password '" + PASSWORD + "'");
            statement.execute("create schema activity authorization activity");
            statement.execute("create table activity.work (id bigint primary key, state text)");
            statement.execute("alter table activity.work owner to activity");
        }
        metrics = Metrics.open(ServiceName.ACTIVITY, "test");
        database = Database.open(config(), metrics);
    }

    /** @param port 0 for any */
    private static void startServer(int port) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(disk.resolve("data"))
                .setCleanDataDirectory(false)
                .setServerConfig("max_wal_size", "32MB")
                .setServerConfig("min_wal_size", "32MB")
                .setServerConfig("shared_buffers", "16MB")
                .setServerConfig("dynamic_shared_memory_type", "mmap")
                .setServerConfig("autovacuum", "off");
        if (port != 0) {
            builder.setPort(port);
        }
        postgres = builder.start();
    }

    private static DatabaseConfig config() throws IOException {
        return new DatabaseConfig(
                postgres.getJdbcUrl("activity", "postgres").replaceFirst("\\?.*", ""),
                "activity",
                Files.writeString(folder.resolve("password"), PASSWORD),
                10,
                10,
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30));
    }

    private static Connection superuser() throws SQLException {
        return postgres.getPostgresDatabase().getConnection();
    }

    @AfterAll
    static void stop() throws Exception {
        if (database != null) {
            database.close();
        }
        if (postgres != null) {
            postgres.close();
        }
        run("umount", "-l", disk.toString());
    }

    private static boolean run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        return process.waitFor() == 0;
    }

    /** Takes all that is left but so much. */
    private static void fill(long bytesLeft) throws IOException {
        long take = Files.getFileStore(disk).getUsableSpace() - bytesLeft;
        byte[] block = new byte[MEBIBYTE];
        try (var file = Files.newOutputStream(disk.resolve("ballast"))) {
            for (long written = 0; written < take; written += block.length) {
                file.write(block, 0, (int) Math.min(block.length, take - written));
            }
        }
    }

    private static void free() throws IOException {
        Files.deleteIfExists(disk.resolve("ballast"));
    }

    /** Saves and says why not, when not. */
    private static Optional<Outage> save(long id, int size) {
        try {
            database.inTransaction(tx -> tx.update(
                    "save",
                    // Random, or it would be stored in next to nothing.
                    "insert into activity.work select :id, (select string_agg(md5(cast(random() as text)), '')"
                            + " from generate_series(1, :parts))",
                    Map.of("id", id, "parts", size / 32)));
            return Optional.empty();
        } catch (DatabaseException e) {
            return e.outage();
        }
    }

    private static long count() {
        return database.queryOne(
                        "count", "select count(*) as n from activity.work", Map.of(), row -> row.longValue("n"))
                .orElseThrow();
    }

    @Test
    @Order(1)
    void firstFailureOnAFullDisk_saysSo_andReadsGoOn_andSavesAreBackWithTheSpace() throws Exception {
        assertThat(save(1, 1000)).isEmpty();
        Scrape before = Scrape.parse(metrics.scrape());
        fill(2 * MEBIBYTE);
        Optional<Outage> first = Optional.empty();
        long saved = 1;
        while (first.isEmpty()) {
            first = save(saved + 1, 200_000);
            saved += first.isEmpty() ? 1 : 0;
        }
        assertThat(first).contains(Outage.DISK_FULL);
        assertThat(Scrape.parse(metrics.scrape()).since(before, "tlac_db_errors_total", "error_type", "other"))
                .isEqualTo(1);
        assertThat(count()).isEqualTo(saved);
        assertThat(database.reachable()).isTrue();
        free();
        assertThat(save(saved + 1, 200_000)).isEmpty();
    }

    /** Its log cannot be written any more: the server ends all connections and starts itself again, or has to be started. */
    @Test
    @Order(2)
    void serverThatPanics_losesNothingThatWasSaved_andIsBack() throws Exception {
        long saved = count();
        fill(4 * MEBIBYTE);
        assertThatThrownBy(FullDiskTest::writeLogForEver)
                .isInstanceOfSatisfying(
                        PSQLException.class,
                        e -> assertThat(e.getServerErrorMessage().getSeverity()).isEqualTo("PANIC"));
        Optional<Outage> meanwhile = save(1_000_000, 1000);
        meanwhile.ifPresent(outage -> assertThat(outage).isIn(Outage.AWAY, Outage.DISK_FULL));
        free();
        await(() -> {
            if (!database.reachable() && !serverLives()) {
                restart();
            }
            return save(1_000_001, 1000).isEmpty();
        });
        assertThat(count()).isEqualTo(saved + (meanwhile.isEmpty() ? 2 : 1));
    }

    /** Megabytes of log that belong to no table. */
    private static void writeLogForEver() throws SQLException {
        try (Connection superuser = superuser();
                Statement statement = superuser.createStatement()) {
            while (true) {
                statement.execute("select pg_logical_emit_message(false, 'x', repeat('x', 1000000))");
            }
        }
    }

    @Test
    @Order(3)
    void watch_saysNoBeforeTheServerMust_andYesWhenThereIsSpaceAgain() throws Exception {
        DiskSpace.Settings settings = new DiskSpace.Settings(Optional.of(disk), 24L * MEBIBYTE, Duration.ofMillis(20));
        try (DiskSpace watch = new DiskSpace(settings, "database", metrics)) {
            assertThat(watch.full()).isFalse();
            fill(20L * MEBIBYTE);
            await(watch::full);
            // What the reserve is for: a save that was let in just before is still stored.
            assertThat(save(2_000_000, 200_000)).isEmpty();
            assertThat(Scrape.parse(metrics.scrape()).value("tlac_disk_free_bytes", "volume", "database"))
                    .isBetween(1.0, 24.0 * MEBIBYTE);
            assertThat(Scrape.parse(metrics.scrape()).value("tlac_disk_size_bytes", "volume", "database"))
                    .isEqualTo(160.0 * MEBIBYTE);
            free();
            await(() -> !watch.full());
        }
    }

    private static boolean serverLives() {
        return Files.exists(disk.resolve("data/postmaster.pid"));
    }

    /** What the launcher, or whatever else watches the server, does. */
    private static void restart() {
        try {
            int port = postgres.getPort();
            postgres.close();
            startServer(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
