package org.tlac.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tlac.backup.dump.Manifest;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Metric;
import org.tlac.platform.metrics.ServiceName;
import org.tlac.platform.testing.Scrape;
import org.tlac.platform.testing.TestCallers;

/** Backups over HTTP: a real service, a real PostgreSQL, the real pg_dump. */
class BackupServiceTest {

    private static final School SCHOOL = School.shared();
    private static final Replica REPLICA = SCHOOL.replica;

    @Test
    void backup_isTakenProvenAndListed() throws Exception {
        Scrape before = REPLICA.scrape();

        Replica.Answer begun = REPLICA.take();
        assertThat(begun.status()).isEqualTo(202);
        assertThat(begun.body().path("status").asText()).isEqualTo("running");
        assertThat(begun.body().path("finished_at").isNull()).isTrue();
        JsonNode backup = REPLICA.ended(begun.body().path("id").asLong());

        assertThat(backup.path("error").isNull()).as(backup.toString()).isTrue();
        assertThat(backup.path("status").asText()).isEqualTo("success");
        assertThat(time(backup, "verified_at")).isAfterOrEqualTo(time(backup, "started_at"));
        assertThat(backup.path("duration_seconds").asDouble()).isPositive();
        assertThat(backup.path("schema_versions").path("backup").asText()).isEqualTo("1");
        assertThat(REPLICA.list().body().path("items").get(0)).isEqualTo(backup);

        Path folder = SCHOOL.folderOf(backup.path("id").asLong());
        Manifest manifest = Manifest.read(folder);
        assertThat(manifest.rows()).containsEntry("activity.work", 5000L).containsKey("audit.audit_logs");
        assertThat(manifest.data().files()).isEqualTo(2);
        assertThat(backup.path("sizes").path("database").asLong())
                .isEqualTo(Files.size(folder.resolve("database.dump")));
        assertThat(backup.path("sizes").path("data").asLong()).isEqualTo(Files.size(folder.resolve("data.zip")));
        try (ZipFile zip = new ZipFile(folder.resolve("data.zip").toFile())) {
            assertThat(zip.getEntry("lesson-1/a1.html").getSize()).isEqualTo(12);
        }
        assertThat(Files.getPosixFilePermissions(folder.resolve("database.dump")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(SCHOOL.entries()).allMatch(name -> !name.startsWith("."));
        assertThat(SCHOOL.scratchDatabases()).isEmpty();

        assertMetricsMoved(before, backup);
        assertThat(SCHOOL.ask("select actor_username || ' ' || ip_address from audit.audit_logs where action = "
                        + "'backup_create' and metadata ->> 'backup_id' = '" + backup.path("id") + "'"))
                .isEqualTo("admin 10.0.0.4");
    }

    private static void assertMetricsMoved(Scrape before, JsonNode backup) throws Exception {
        Scrape after = REPLICA.scrape();
        assertThat(after.since(before, "tlac_backup_runs_total", "status", "success"))
                .isEqualTo(1);
        assertThat(after.since(before, "tlac_backup_runs_total", "status", "failed"))
                .isZero();
        assertThat(after.since(before, "tlac_backup_verified_total", "status", "success"))
                .isEqualTo(1);
        assertThat(after.since(before, "tlac_backup_duration_seconds_count")).isEqualTo(1);
        assertThat(after.since(before, "tlac_audit_entries_total", "action", "backup_create"))
                .isEqualTo(1);
        // Gauges are remembered for a few seconds, and follow the service that started last in a process: one that is
        // still there.
        try (Replica fresh = SCHOOL.replica()) {
            Replica.await("the gauges tell of the backup", () -> {
                Scrape now = fresh.scrape();
                return now.value("tlac_backup_last_success_timestamp")
                                == time(backup, "finished_at").getEpochSecond()
                        && now.value("tlac_backup_size_bytes", "backup_type", "database")
                                == backup.path("sizes").path("database").asLong()
                        && now.value("tlac_backup_size_bytes", "backup_type", "data")
                                == backup.path("sizes").path("data").asLong();
            });
        }
    }

    @Test
    void everyMetricOfTheCatalogue_isThereFromTheStart() {
        Map<String, String> types = REPLICA.scrape().types();
        for (Metric metric : Catalogue.ownedBy(ServiceName.BACKUP)) {
            assertThat(types).containsEntry(metric.name(), metric.kind().name().toLowerCase(java.util.Locale.ROOT));
        }
        Scrape scrape = REPLICA.scrape();
        for (String status : List.of("success", "failed")) {
            assertThat(scrape.value("tlac_backup_runs_total", "status", status)).isNotNegative();
            assertThat(scrape.value("tlac_backup_verified_total", "status", status))
                    .isNotNegative();
        }
        for (String job : List.of("backup", "verify", "retention", "recovery", "schedule")) {
            assertThat(scrape.value("tlac_errors_total", "error_type", "background", "endpoint", job))
                    .isNotNegative();
        }
        assertThat(scrape.value("tlac_audit_entries_total", "action", "backup_verify"))
                .isNotNegative();
    }

    @Test
    void verify_restoresOnceMore() {
        JsonNode taken = REPLICA.takeToTheEnd();
        Scrape before = REPLICA.scrape();

        Replica.Answer begun = REPLICA.verify(taken.path("id").asLong());

        assertThat(begun.status()).isEqualTo(202);
        assertThat(begun.body().path("verifying").asBoolean()).isTrue();
        JsonNode verified = REPLICA.ended(taken.path("id").asLong());
        assertThat(time(verified, "verified_at")).isAfter(time(taken, "verified_at"));
        assertThat(verified.path("status").asText()).isEqualTo("success");
        assertThat(verified.path("finished_at")).isEqualTo(taken.path("finished_at"));
        assertThat(REPLICA.scrape().since(before, "tlac_backup_verified_total", "status", "success"))
                .isEqualTo(1);
        assertThat(REPLICA.scrape().since(before, "tlac_backup_runs_total")).isZero();
        assertThat(REPLICA.scrape().since(before, "tlac_audit_entries_total", "action", "backup_verify"))
                .isEqualTo(1);
    }

    @Test
    void newestFirst_inTheList() {
        JsonNode older = REPLICA.takeToTheEnd();
        JsonNode newer = REPLICA.takeToTheEnd();
        List<Long> ids = new ArrayList<>();
        REPLICA.list()
                .body()
                .path("items")
                .forEach(item -> ids.add(item.path("id").asLong()));
        assertThat(ids.subList(0, 2))
                .containsExactly(newer.path("id").asLong(), older.path("id").asLong());
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/admin/backups, 401, 403",
        "POST, /api/admin/backups, 401, 403",
        "GET, /api/admin/backups/1, 401, 403",
        "POST, /api/admin/backups/1/verify, 401, 403",
    })
    void onlyAdmins_areAnswered(String method, String path, int stranger, int teacher) {
        assertThat(REPLICA.send(method, path, "", null).status()).isEqualTo(stranger);
        for (Caller caller : List.of(TestCallers.TEACHER, TestCallers.PUPIL)) {
            Replica.Answer answer = REPLICA.send(method, path, "", caller);
            assertThat(answer.status()).isEqualTo(teacher);
            assertThat(answer.detail()).isEqualTo("Not allowed.");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/admin/backups/999999999, '', 404",
        "GET, /api/admin/backups/0, '', 404",
        "GET, /api/admin/backups/-1, '', 404",
        "GET, /api/admin/backups/x, '', 404",
        "GET, /api/admin/backups/99999999999999999999, '', 404",
        "POST, /api/admin/backups/999999999/verify, '', 404",
        "POST, /api/admin/backups/1%27/verify, '', 404",
        "DELETE, /api/admin/backups/1, '', 405",
        "POST, /api/admin/backups, '{\"folder\":\"/etc\"}', 400",
        "POST, /api/admin/backups, '[', 400",
    })
    void badCalls_areRefused(String method, String path, String body, int status) {
        Scrape before = REPLICA.scrape();
        Replica.Answer answer = REPLICA.send(method, path, body, TestCallers.ADMIN);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.detail()).isNotEmpty();
        assertThat(REPLICA.scrape().since(before, "tlac_audit_entries_total")).isZero();
    }

    private static Instant time(JsonNode backup, String field) {
        return OffsetDateTime.parse(backup.path(field).asText()).toInstant();
    }
}
