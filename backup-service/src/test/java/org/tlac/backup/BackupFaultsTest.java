package org.tlac.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tlac.backup.dump.Manifest;
import org.tlac.platform.testing.Scrape;

/** What can go wrong while backups are taken and kept, on real parts. */
class BackupFaultsTest {

    private static final School SCHOOL = School.shared();
    private static final Replica REPLICA = SCHOOL.replica;

    @Test
    void secondBackup_whileOneRuns_conflictsOnEveryReplica() throws Exception {
        Path gate = SCHOOL.root.resolve("gate");
        String waiting = SCHOOL.pgDump("while [ ! -e " + gate + " ]; do sleep 0.05; done; exec pg_dump \"$@\"");
        try (Replica slow = SCHOOL.replica("backup.pgdump", waiting)) {
            long id = slow.take().body().path("id").asLong();

            for (Replica one : List.of(slow, REPLICA)) {
                assertThat(one.take().status()).isEqualTo(409);
                assertThat(one.verify(id).status()).isEqualTo(409);
                JsonNode newest = one.list().body().path("items").get(0);
                assertThat(newest.path("id").asLong()).isEqualTo(id);
                assertThat(newest.path("status").asText()).isEqualTo("running");
            }
            // A replica that starts meanwhile leaves it alone.
            try (Replica third = SCHOOL.replica()) {
                assertThat(third.one(id).path("status").asText()).isEqualTo("running");
                assertThat(third.take().status()).isEqualTo(409);
            }
            Files.createFile(gate);
            assertThat(REPLICA.ended(id).path("status").asText()).isEqualTo("success");
        }
    }

    @Test
    void storedBackup_damagedLater_isDisprovedAndNoLongerCounts() throws Exception {
        JsonNode good = REPLICA.takeToTheEnd();
        JsonNode damaged = REPLICA.takeToTheEnd();
        long id = damaged.path("id").asLong();
        flipByte(SCHOOL.folderOf(id).resolve("database.dump"));
        Scrape before = REPLICA.scrape();

        assertThat(REPLICA.verify(id).status()).isEqualTo(202);

        JsonNode disproved = REPLICA.ended(id);
        assertThat(disproved.path("status").asText()).isEqualTo("failed");
        assertThat(disproved.path("verified_at").isNull()).isTrue();
        assertThat(disproved.path("error").asText()).contains("database.dump is damaged");
        Scrape after = REPLICA.scrape();
        assertThat(after.since(before, "tlac_backup_verified_total", "status", "failed"))
                .isEqualTo(1);
        assertThat(after.since(before, "tlac_errors_total", "error_type", "background", "endpoint", "verify"))
                .isEqualTo(1);
        double goodAt = java.time.OffsetDateTime.parse(good.path("finished_at").asText())
                .toEpochSecond();
        // Gauges of one process follow the service that started last in it: so that this is one that is still there.
        try (Replica fresh = SCHOOL.replica()) {
            Replica.await(
                    "the last success is the one before",
                    () -> fresh.scrape().value("tlac_backup_last_success_timestamp") == goodAt);
        }
    }

    @Test
    void missingFile_isFound() throws Exception {
        long id = REPLICA.takeToTheEnd().path("id").asLong();
        Files.delete(SCHOOL.folderOf(id).resolve("data.zip"));
        REPLICA.verify(id);
        assertThat(REPLICA.ended(id).path("error").asText()).contains("data.zip is missing");
    }

    @Test
    void dumpThatCannotBeRestored_isNoBackup() {
        // Its checksum is right: only a restore can tell.
        String damaging = SCHOOL.pgDump("pg_dump \"$@\" || exit 1\n"
                + "printf 'XXXXXXXXXXXXXXXX' | dd of=\"$file\" bs=1 conv=notrunc 2>/dev/null"
                + " seek=$(($(stat -c %s \"$file\") / 2))\n");
        JsonNode failed = takenWith("backup.pgdump", damaging);
        assertThat(failed.path("error").asText()).contains("The dump cannot be restored: pg_restore");
    }

    @Test
    void dumpThatLacksRows_isNoBackup() {
        String forgetful = SCHOOL.pgDump("exec pg_dump --exclude-table-data=activity.work \"$@\"");
        JsonNode failed = takenWith("backup.pgdump", forgetful);
        assertThat(failed.path("error").asText()).contains("Table activity.work had 5000 rows, 0 came back.");
    }

    @Test
    void rowsSavedWhileItRuns_areNeitherCountedNorDumped() throws Exception {
        SCHOOL.run("create table backup.noise (n int)");
        SCHOOL.run("alter table backup.noise owner to backup");
        // After the rows were counted, before they are dumped.
        String late = SCHOOL.pgDump("psql -qc 'insert into backup.noise values (1)' || exit 1; exec pg_dump \"$@\"");
        try (Replica busy = SCHOOL.replica("backup.pgdump", late)) {
            JsonNode backup = busy.takeToTheEnd();
            assertThat(backup.path("status").asText()).as(backup.toString()).isEqualTo("success");
            assertThat(Manifest.read(SCHOOL.folderOf(backup.path("id").asLong()))
                            .rows())
                    .containsEntry("backup.noise", 0L);
        }
        assertThat(SCHOOL.ask("select count(*) from backup.noise")).isEqualTo("1");
    }

    @Test
    void failingPgDump_isToldWithItsOwnWords() {
        JsonNode failed = takenWith("backup.pgdump", SCHOOL.pgDump("echo 'pg_dump: error: no space' >&2; exit 1"));
        assertThat(failed.path("error").asText())
                .isEqualTo("pg_dump ended with exit code 1: pg_dump: error: no space.");
    }

    @Test
    void pgDumpThatNeverEnds_isKilledAtItsDeadline() {
        JsonNode failed = takenWith("backup.pgdump", SCHOOL.pgDump("sleep 300"), "backup.timeout", "PT1S");
        assertThat(failed.path("error").asText()).contains("did not finish within 1 s");
    }

    @Test
    void tooLittleSpace_isToldBeforeTheWork() {
        JsonNode failed = takenWith("backup.minimumfree", "999999999");
        assertThat(failed.path("error").asText())
                .contains("Too little space in backup.folder", "999999999 MiB are needed");
    }

    @Test
    void missingDataFolder_isTold() {
        JsonNode failed =
                takenWith("data.folder", SCHOOL.root.resolve("nowhere").toString());
        assertThat(failed.path("error").asText()).contains("nowhere is not a folder");
    }

    @Test
    void missingPgDump_isToldAtOnceAndInReadiness() throws Exception {
        try (Replica lacking = SCHOOL.replica("backup.pgdump", "pg_dump_of_nobody")) {
            Replica.Answer answer = lacking.take();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.detail())
                    .contains("pg_dump_of_nobody cannot be run (backup.pgdump)", "postgresql-client");
            assertThat(readiness(lacking)).contains("\"pg_dump\":\"DOWN\"");
            assertThat(lacking.list().status()).isEqualTo(200);
        }
        assertThat(readiness(REPLICA)).doesNotContain("DOWN");
    }

    @Test
    void folderThatCannotBeUsed_isToldAtOnceAndInReadiness() throws Exception {
        Path file = Files.writeString(SCHOOL.root.resolve("no-folder"), "");
        try (Replica lacking = SCHOOL.replica("backup.folder", file.toString())) {
            Replica.Answer answer = lacking.take();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.detail()).contains("backup.folder", "no-folder cannot be made");
            assertThat(readiness(lacking)).contains("\"backup_folder\":\"DOWN\"");
        }
        assertThat(SCHOOL.ask("select count(*) from backup.backups where status = 'running'"))
                .isEqualTo("0");
    }

    @Test
    void pgDumpOlderThanTheServer_isTold() {
        JsonNode failed = takenWith("backup.pgdump", SCHOOL.script("echo 'pg_dump (PostgreSQL) 12.3'"));
        assertThat(failed.path("error").asText()).contains("pg_dump 12 cannot dump a server of version 15");
    }

    @Test
    void newerClientsUnknownSetting_isNoFailure() {
        // What pg_restore 17 does with a server of version 15.
        String seventeen = SCHOOL.script("""
                if [ "$1" = --version ]; then echo 'pg_restore (PostgreSQL) 17.2'; exit 0; fi
                pg_restore "$@" || exit 1
                echo 'pg_restore: error: could not execute query: ERROR:  unrecognized configuration parameter "transaction_timeout"' >&2
                echo 'Command was: SET transaction_timeout = 0;' >&2
                echo 'pg_restore: warning: errors ignored on restore: 1' >&2
                exit 1
                """);
        try (Replica newer = SCHOOL.replica("backup.pgrestore", seventeen)) {
            JsonNode backup = newer.takeToTheEnd();
            assertThat(backup.path("status").asText()).as(backup.toString()).isEqualTo("success");
        }
    }

    @Test
    void password_isNoArgumentOfAnyProgram() throws Exception {
        Path seen = SCHOOL.root.resolve("seen");
        String telling = SCHOOL.pgDump("echo \"$@\" > " + seen + "; env > " + seen + ".env; exec pg_dump \"$@\"");
        try (Replica watched = SCHOOL.replica("backup.pgdump", telling)) {
            watched.takeToTheEnd();
        }
        String password = Files.readString(SCHOOL.database.passwordFile()).strip();
        assertThat(Files.readString(seen)).contains("--snapshot=").doesNotContain(password);
        assertThat(Files.readString(Path.of(seen + ".env")))
                .contains("PGPASSWORD=" + password)
                .doesNotContain("HOME=");
    }

    @Test
    void leftoversOfACrash_areRemovedAtStart() throws Exception {
        Path partial = Files.createDirectories(SCHOOL.backups.resolve(".partial-20200101T000000Z-00000001"));
        Files.writeString(partial.resolve("database.dump"), "half");
        Files.createDirectories(SCHOOL.backups.resolve(".removed-20200101T000000Z-00000002"));
        String oid = SCHOOL.ask("select oid from pg_database where datname = current_database()");
        SCHOOL.run("create database tlac_verify_" + oid + "_dead owner backup");
        SCHOOL.run("insert into backup.backups (folder, status, started_at, finished_at, database_bytes) values"
                + " ('20200101T000000Z-00000001', 'running', '2020-01-01', null, null),"
                + " ('20200101T000000Z-00000002', 'success', '2020-01-01', '2020-01-01', 5)");

        try (Replica next = SCHOOL.replica()) {
            Replica.await(
                    "the leftovers are gone",
                    () -> !Files.exists(partial)
                            && SCHOOL.scratchDatabases().isEmpty()
                            && SCHOOL.ask(
                                            "select status from backup.backups where folder = '20200101T000000Z-00000001'")
                                    .equals("failed"));
            assertThat(SCHOOL.ask("select error from backup.backups where folder = '20200101T000000Z-00000001'"))
                    .contains("The service stopped");
            assertThat(SCHOOL.ask("select count(*) from backup.backups where folder = '20200101T000000Z-00000002'"))
                    .isEqualTo("0");
            assertThat(SCHOOL.entries()).noneMatch(name -> name.startsWith("."));
            assertThat(next.list().status()).isEqualTo(200);
        }
    }

    @Test
    void wholeFolderThatTheCatalogueForgot_isFoundAgain() {
        JsonNode taken = REPLICA.takeToTheEnd();
        String folder = SCHOOL.folderOf(taken.path("id").asLong()).getFileName().toString();
        SCHOOL.run("delete from backup.backups where folder = '" + folder + "'");

        try (Replica next = SCHOOL.replica()) {
            Replica.await(
                    "it is listed again",
                    () -> !SCHOOL.ask("select id from backup.backups where folder = '" + folder + "'")
                            .isEmpty());
            JsonNode found = next.one(
                    Long.parseLong(SCHOOL.ask("select id from backup.backups where folder = '" + folder + "'")));
            assertThat(found.path("status").asText()).isEqualTo("success");
            assertThat(found.path("verified_at")).isEqualTo(taken.path("verified_at"));
            assertThat(found.path("sizes")).isEqualTo(taken.path("sizes"));
        }
    }

    @Test
    void stop_duringABackup_leavesNothingThatLooksWhole() throws Exception {
        Path pids = SCHOOL.root.resolve("pids");
        String hanging = SCHOOL.pgDump("echo half > \"$file\"; sleep 300 & echo $$ $! > " + pids + ".new; mv " + pids
                + ".new " + pids + "; wait");
        Replica stopped = SCHOOL.replica("backup.pgdump", hanging);
        long id = stopped.take().body().path("id").asLong();
        Replica.await("pg_dump runs", () -> Files.exists(pids));
        List<String> before = SCHOOL.entries();

        stopped.close();

        assertThat(before).anyMatch(name -> name.startsWith(".partial-"));
        assertThat(SCHOOL.entries()).noneMatch(name -> name.startsWith("."));
        List<Long> family = Stream.of(Files.readString(pids).strip().split(" ", -1))
                .map(Long::valueOf)
                .collect(Collectors.toList());
        assertThat(family).hasSize(2).noneMatch(BackupFaultsTest::alive);
        JsonNode failed = REPLICA.one(id);
        assertThat(failed.path("status").asText()).isEqualTo("failed");
        assertThat(failed.path("error").asText()).isEqualTo("The service was stopped.");
        assertThat(REPLICA.verify(id).status()).isEqualTo(409);
    }

    @Test
    void oldBackups_goWhenANewOneSucceeded() {
        try (Replica tidy = SCHOOL.replica("backup.keepcount", "2")) {
            long newest = tidy.takeToTheEnd().path("id").asLong();
            // The lock is given back after the old ones went.
            assertThat(tidy.verify(newest).status()).isEqualTo(202);
            tidy.ended(newest);
            assertThat(SCHOOL.ask("select count(*) from backup.backups where status = 'success'"))
                    .isEqualTo("2");
            assertThat(SCHOOL.entries().stream()
                            .filter(name -> !SCHOOL.ask(
                                            "select 1 from backup.backups where status = 'success' and folder = '"
                                                    + name + "'")
                                    .isEmpty()))
                    .hasSize(2);
        }
    }

    @Test
    void missedBackup_isTakenAtStart() {
        REPLICA.takeToTheEnd();
        SCHOOL.run("update backup.backups set started_at = started_at - interval '3 days'");
        String newest =
                "select max(started_at) > now() - interval '1 hour' from backup.backups where status = 'success'";
        assertThat(SCHOOL.ask(newest)).isEqualTo("f");
        try (Replica scheduled = SCHOOL.replica("backup.schedule", "00:00", "backup.zone", "UTC")) {
            Replica.await("the schedule took one", () -> SCHOOL.ask(newest).equals("t"));
            assertThat(SCHOOL.ask("select user_agent from audit.audit_logs order by id desc limit 1"))
                    .isEqualTo("schedule");
            assertThat(scheduled.list().status()).isEqualTo(200);
        }
    }

    @Test
    void databaseAway_is503_andBackWithoutARestart() throws Exception {
        SCHOOL.database.cut();
        try {
            assertThat(REPLICA.list().status()).isEqualTo(503);
            assertThat(REPLICA.take().status()).isEqualTo(503);
            assertThat(readiness(REPLICA)).contains("\"database\":\"DOWN\"");
        } finally {
            SCHOOL.database.mend();
        }
        Replica.await("it is back", () -> REPLICA.list().status() == 200);
        assertThat(REPLICA.takeToTheEnd().path("status").asText()).isEqualTo("success");
    }

    /** Takes a backup that must fail, with everything that must hold then. */
    private static JsonNode takenWith(String... settings) {
        String newestGood = "select max(id) from backup.backups where verified_at is not null";
        String lastGood = SCHOOL.ask(newestGood);
        List<String> entries = SCHOOL.entries();
        Scrape before = REPLICA.scrape();
        JsonNode failed;
        try (Replica broken = SCHOOL.replica(settings)) {
            failed = broken.takeToTheEnd();
        }
        assertThat(failed.path("status").asText()).isEqualTo("failed");
        assertThat(failed.path("verified_at").isNull()).isTrue();
        assertThat(failed.path("sizes").path("database").isNull()).isTrue();
        assertThat(SCHOOL.entries()).isEqualTo(entries);
        assertThat(SCHOOL.scratchDatabases()).isEmpty();
        assertThat(SCHOOL.ask(newestGood)).isEqualTo(lastGood);
        Scrape after = REPLICA.scrape();
        assertThat(after.since(before, "tlac_backup_runs_total", "status", "failed"))
                .isEqualTo(1);
        assertThat(after.since(before, "tlac_backup_runs_total", "status", "success"))
                .isZero();
        assertThat(after.since(before, "tlac_backup_duration_seconds_count")).isZero();
        assertThat(after.since(before, "tlac_errors_total", "error_type", "background", "endpoint", "backup"))
                .isEqualTo(1);
        return failed;
    }

    private static String readiness(Replica of) throws IOException, InterruptedException {
        try (var http = java.net.http.HttpClient.newHttpClient()) {
            var request = java.net.http.HttpRequest.newBuilder(of.management().resolve("/health/ready"))
                    .build();
            return http.send(request, java.net.http.HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private static boolean alive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    private static void flipByte(Path file) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(bytes.length() / 2);
            int old = bytes.read();
            bytes.seek(bytes.length() / 2);
            bytes.write(old ^ 1);
        }
    }
}
