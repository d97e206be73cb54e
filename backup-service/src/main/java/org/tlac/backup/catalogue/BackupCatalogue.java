package org.tlac.backup.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tlac.backup.catalogue.Backup.Status;
import org.tlac.backup.dump.Manifest;
import org.tlac.platform.db.AuditEntry;
import org.tlac.platform.db.AuditLog;
import org.tlac.platform.db.Database;
import org.tlac.platform.db.Row;
import org.tlac.platform.http.Json;

/** The table of backups. What an admin asks for is audited in the transaction that notes it. */
public final class BackupCatalogue {

    /** What is audited here. */
    public static final List<String> ACTIONS = List.of("backup_create", "backup_verify");

    private static final String SELECT = """
            select id, folder, status, started_at, finished_at, database_bytes, data_bytes, schema_versions,
                   verify_started_at, verified_at, error
            from backups
            """;

    private final Database database;
    private final AuditLog audit;

    public BackupCatalogue(Database database, AuditLog audit) {
        this.database = database;
        this.audit = audit;
    }

    /** The newest ones, newest first. */
    public List<Backup> newest(int limit) {
        return database.query(
                "backups.newest",
                SELECT + "order by started_at desc, id desc limit :limit",
                Map.of("limit", limit),
                BackupCatalogue::read);
    }

    /** Every one; their number is bounded by the retention rules. */
    public List<Backup> all() {
        return database.query("backups.all", SELECT, Map.of(), BackupCatalogue::read);
    }

    public Optional<Backup> find(long id) {
        return database.queryOne("backups.find", SELECT + "where id = :id", Map.of("id", id), BackupCatalogue::read);
    }

    /** The newest backup that was proven by a restore. */
    public Optional<Backup> newestGood() {
        return database.queryOne("backups.newest-good", SELECT + """
                        where status = 'success' and verified_at is not null
                        order by started_at desc, id desc limit 1
                        """, Map.of(), BackupCatalogue::read);
    }

    /** Those that are being taken, or whose process died while they were. */
    public List<Backup> running() {
        return database.query("backups.running", SELECT + "where status = 'running'", Map.of(), BackupCatalogue::read);
    }

    /** Whether a job runs, as far as the table knows. */
    public boolean atWork() {
        return !database.query(
                        "backups.at-work",
                        "select 1 as one from backups where status = 'running' or verify_started_at is not null limit 1",
                        Map.of(),
                        row -> row.intValue("one"))
                .isEmpty();
    }

    /** The folder of every backup. */
    public Set<String> folders() {
        return Set.copyOf(
                database.query("backups.folders", "select folder from backups", Map.of(), row -> row.string("folder")));
    }

    /** Notes a backup that begins. */
    public Backup begin(String folder, Instant startedAt, AuditEntry entry) {
        return database.transaction(transaction -> {
            // In one statement for an id: DbClient's insert gives none back.
            long id = transaction
                    .queryOne(
                            "backups.id",
                            "select nextval(pg_get_serial_sequence('backups', 'id')) as id",
                            Map.of(),
                            row -> row.longValue("id"))
                    .orElseThrow();
            transaction.update("backups.begin", """
                    insert into backups (id, folder, status, started_at)
                    overriding system value
                    values (:id, :folder, 'running', :started)
                    """, Map.of("id", id, "folder", folder, "started", startedAt));
            audit.append(transaction, entry.with(Map.of("backup_id", id)));
            return new Backup(id, folder, Status.RUNNING, startedAt, null, null, null, Map.of(), null, null, null);
        });
    }

    /** Notes that a backup was taken and proven. */
    public void succeeded(long id, Manifest manifest, Instant finishedAt) {
        Map<String, @Nullable Object> parameters = facts(manifest);
        parameters.put("id", id);
        parameters.put("finished", finishedAt);
        database.update("backups.succeeded", """
                update backups
                set status = 'success', finished_at = :finished, verified_at = :verified, error = null,
                    database_bytes = :database, data_bytes = :data, schema_versions = cast(:schemas as jsonb)
                where id = :id and status = 'running'
                """, parameters);
    }

    /** Notes that a backup could not be taken; there are no files of it. */
    public void failed(long id, String error, Instant finishedAt) {
        database.update("backups.failed", """
                update backups set status = 'failed', finished_at = :finished, error = :error
                where id = :id and status = 'running'
                """, Map.of("id", id, "error", error, "finished", finishedAt));
    }

    /** Notes a backup whose files were found, and of which nothing was known. */
    public void adopt(String folder, Manifest manifest) {
        Map<String, @Nullable Object> parameters = facts(manifest);
        parameters.put("folder", folder);
        parameters.put("started", manifest.startedAt());
        parameters.put("finished", manifest.finishedAt());
        database.update("backups.adopt", """
                insert into backups (folder, status, started_at, finished_at, verified_at,
                                     database_bytes, data_bytes, schema_versions)
                values (:folder, 'success', :started, :finished, :verified,
                        :database, :data, cast(:schemas as jsonb))
                on conflict (folder) do nothing
                """, parameters);
    }

    /** Notes that a backup is being proven once more. */
    public void beginVerification(long id, Instant at, AuditEntry entry) {
        database.inTransaction(transaction -> {
            transaction.update(
                    "backups.begin-verification",
                    "update backups set verify_started_at = :at where id = :id",
                    Map.of("id", id, "at", at));
            audit.append(transaction, entry.with(Map.of("backup_id", id)));
        });
    }

    /** Notes that it was restored and found whole. */
    public void proven(long id, Instant at) {
        database.update("backups.proven", """
                update backups set status = 'success', verify_started_at = null, verified_at = :at, error = null
                where id = :id
                """, Map.of("id", id, "at", at));
    }

    /** Notes that it cannot be relied on. */
    public void disproved(long id, String error) {
        database.update("backups.disproved", """
                update backups set status = 'failed', verify_started_at = null, verified_at = null, error = :error
                where id = :id
                """, Map.of("id", id, "error", error));
    }

    /** Notes that the proof could not be tried, which says nothing about the backup. */
    public void notTried(long id, String error) {
        database.update(
                "backups.not-tried",
                "update backups set verify_started_at = null, error = :error where id = :id",
                Map.of("id", id, "error", error));
    }

    /** Notes that proofs which seem to be under way are not. */
    public void endVerifications(String error) {
        database.update(
                "backups.end-verifications",
                "update backups set verify_started_at = null, error = :error where verify_started_at is not null",
                Map.of("error", error));
    }

    /** Forgets a backup. */
    public void remove(String folder) {
        database.update("backups.remove", "delete from backups where folder = :folder", Map.of("folder", folder));
    }

    private static Map<String, @Nullable Object> facts(Manifest manifest) {
        Map<String, @Nullable Object> facts = new HashMap<>();
        facts.put("verified", manifest.verifiedAt());
        facts.put("database", manifest.databaseBytes());
        facts.put("data", manifest.dataBytes());
        facts.put("schemas", Json.text(manifest.schemas()));
        return facts;
    }

    private static Backup read(Row row) {
        Map<String, String> schemas = new HashMap<>();
        for (Map.Entry<String, JsonNode> schema :
                Json.tree(row.json("schema_versions")).properties()) {
            schemas.put(schema.getKey(), schema.getValue().asText());
        }
        return new Backup(
                row.longValue("id"),
                row.string("folder"),
                Status.of(row.string("status")),
                row.instant("started_at"),
                row.optionalInstant("finished_at").orElse(null),
                row.optionalLong("database_bytes").orElse(null),
                row.optionalLong("data_bytes").orElse(null),
                Map.copyOf(schemas),
                row.optionalInstant("verify_started_at").orElse(null),
                row.optionalInstant("verified_at").orElse(null),
                row.optionalString("error").orElse(null));
    }
}
