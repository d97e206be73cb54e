package org.tlac.platform.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tlac.platform.db.DatabaseConfig;
import org.tlac.platform.db.Migrations;

/** platform/db's migrations against a real PostgreSQL. It stands here because the kit that starts one depends on platform/db. */
class MigrationsTest {

    private TestDatabase database;

    @BeforeEach
    void create() {
        database = TestDatabase.create();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void run(String folder) {
        run(database.config("auth"), folder);
    }

    private static void run(DatabaseConfig config, String folder) {
        Migrations.run(config, "auth", "org/tlac/platform/testing/" + folder);
    }

    private List<String> column(String sql) throws SQLException {
        try (Connection connection = database.superuser();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    private List<String> versions() throws SQLException {
        return column("select version from auth.flyway_schema_history where success order by installed_rank");
    }

    private List<String> tables() throws SQLException {
        return column("select table_name from information_schema.tables where table_schema = 'auth' order by 1");
    }

    @Test
    void whatIsMissing_isAppliedOnce() throws SQLException {
        run("first");
        run("first");
        assertThat(versions()).containsExactly("1");
        run("second");
        assertThat(versions()).containsExactly("1", "2");
    }

    @Test
    void replicasThatStartAtOnce_takeTurns() throws Exception {
        try (ExecutorService replicas = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> starts = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                starts.add(replicas.submit(() -> run("second")));
            }
            for (Future<?> start : starts) {
                start.get();
            }
        }
        assertThat(versions()).containsExactly("1", "2");
    }

    @Test
    void olderProgram_startsOnANewerSchema() throws SQLException {
        run("second");
        run("first");
        assertThat(versions()).containsExactly("1", "2");
    }

    @Test
    void brokenMigration_stopsTheStartAndLeavesNothing() throws SQLException {
        assertThatThrownBy(() -> run("broken"))
                .isInstanceOf(FlywayException.class)
                .hasMessageContaining("V2__half.sql");
        assertThat(tables()).doesNotContain("half");
        assertThat(versions()).containsExactly("1");
        run("second");
        assertThat(versions()).containsExactly("1", "2");
    }

    @Test
    void changedHistory_isNeverRepaired() throws SQLException {
        run("first");
        assertThatThrownBy(() -> run("changed"))
                .isInstanceOf(FlywayException.class)
                .hasMessageContaining("checksum");
        assertThat(versions()).containsExactly("1");
    }

    @Test
    void missingFolderOrMisnamedFile_isNoEmptySuccess() {
        assertThatThrownBy(() -> run("nowhere"))
                .isInstanceOf(FlywayException.class)
                .hasMessageContaining("nowhere");
        assertThatThrownBy(() -> run("misnamed"))
                .isInstanceOf(FlywayException.class)
                .hasMessageContaining("V2_name");
    }

    @Test
    void databaseThatIsStillStarting_isWaitedFor() throws SQLException {
        database.cut();
        CompletableFuture<Void> start = CompletableFuture.runAsync(() -> run("first"));
        while (database.refusals() == 0) {
            assertThat(start).isNotDone();
            Thread.onSpinWait();
        }
        assertThat(start).isNotDone();
        database.mend();
        start.join();
        assertThat(versions()).containsExactly("1");
    }

    @Test
    void databaseThatStaysAway_isNamed() {
        database.cut();
        DatabaseConfig config = database.config("auth");
        DatabaseConfig impatient = new DatabaseConfig(
                config.url(),
                config.username(),
                config.passwordFile(),
                1,
                1,
                config.connectTimeout(),
                config.waitTimeout(),
                config.statementTimeout(),
                Duration.ZERO);
        assertThatThrownBy(() -> run(impatient, "first"))
                .isInstanceOf(FlywayException.class)
                .hasMessageContaining(config.url())
                .hasMessageContaining("did not come up");
    }

    @Test
    @Timeout(60)
    void wrongPasswordOrDatabase_isToldAtOnce(@TempDir Path folder) throws Exception {
        Path wrong = Files.writeString(folder.resolve("password"), "wrong");
        DatabaseConfig config = database.config("auth");
        assertThatThrownBy(() -> run(patient(config.url(), wrong), "first"))
                .isInstanceOf(FlywayException.class)
                .hasMessageContaining("refuses auth");
        assertThatThrownBy(() -> run(patient(config.url() + "x", config.passwordFile()), "first"))
                .isInstanceOf(FlywayException.class)
                .hasMessageContaining("refuses auth");
    }

    private static DatabaseConfig patient(String url, Path passwordFile) {
        Duration second = Duration.ofSeconds(1);
        return new DatabaseConfig(url, "auth", passwordFile, 1, 1, second, second, second, Duration.ofHours(1));
    }
}
