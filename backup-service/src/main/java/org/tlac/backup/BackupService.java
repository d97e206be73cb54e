package org.tlac.backup;

import io.helidon.config.Config;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import org.tlac.backup.catalogue.BackupCatalogue;
import org.tlac.backup.dump.BackupFolder;
import org.tlac.backup.dump.DatabaseDump;
import org.tlac.backup.dump.PgPrograms;
import org.tlac.backup.dump.PgServer;
import org.tlac.backup.dump.Programs;
import org.tlac.backup.proof.RestoreProof;
import org.tlac.backup.run.BackupMaker;
import org.tlac.backup.run.BackupRoutes;
import org.tlac.backup.run.BackupRuns;
import org.tlac.backup.run.Recovery;
import org.tlac.backup.schedule.Scheduler;
import org.tlac.platform.db.AuditLog;
import org.tlac.platform.db.Database;
import org.tlac.platform.db.DiskSpace;
import org.tlac.platform.db.Migrations;
import org.tlac.platform.http.ServiceServer;
import org.tlac.platform.identity.JwksClient;
import org.tlac.platform.identity.TokenVerifier;
import org.tlac.platform.metrics.Metrics;
import org.tlac.platform.metrics.ServiceName;
import org.tlac.platform.security.ServiceSecurity;

/** Wires backup-service. */
final class BackupService {

    private static final String SCHEMA = "backup";

    private BackupService() {}

    static ServiceServer start(Config config) {
        return start(BackupConfig.from(config), Metrics.open(ServiceName.BACKUP, version()), InstantSource.system());
    }

    static ServiceServer start(BackupConfig config, Metrics metrics, InstantSource clock) {
        Migrations.run(config.database(), SCHEMA, "org/tlac/backup/migrations");
        Database database = Database.open(config.database(), metrics);
        BackupCatalogue catalogue = new BackupCatalogue(database, new AuditLog(metrics, BackupCatalogue.ACTIONS));
        BackupMetrics outcomes = new BackupMetrics(metrics);
        outcomes.watch(metrics, catalogue);

        Programs programs = new Programs(config.path());
        PgPrograms pgPrograms = new PgPrograms(programs, config.programs());
        BackupFolder folder = new BackupFolder(config.folder());
        DiskSpace disk = new DiskSpace(config.disk(), "backups", metrics);
        BackupRuns runs = runs(config, catalogue, folder, programs, pgPrograms, outcomes, clock);
        Scheduler scheduler = new Scheduler(config.schedule(), runs, catalogue, outcomes, clock).start();

        TokenVerifier verifier = new TokenVerifier(new JwksClient(config.jwks(), clock), clock);
        return ServiceServer.builder(config.server(), metrics)
                .routes(new BackupRoutes(catalogue, runs).routes())
                .authentication(new ServiceSecurity(verifier, Map.of()))
                .readiness("database", database::reachable)
                .readiness("pg_dump", pgPrograms::usable)
                .readiness("backup_folder", folder::writable)
                .closing(disk)
                .closing(database)
                .closing(runs)
                .closing(scheduler)
                .start();
    }

    private static BackupRuns runs(
            BackupConfig config,
            BackupCatalogue catalogue,
            BackupFolder folder,
            Programs programs,
            PgPrograms pgPrograms,
            BackupMetrics outcomes,
            InstantSource clock) {
        PgServer server =
                new PgServer(config.database().url(), config.database().username(), config.database()::password);
        RestoreProof proof = new RestoreProof(server, pgPrograms, programs::checkpoint);
        BackupMaker maker = new BackupMaker(
                folder,
                config.making(),
                new BackupMaker.Parts(programs, pgPrograms, new DatabaseDump(server, pgPrograms), proof),
                outcomes,
                clock);
        Recovery recovery = new Recovery(server, folder, catalogue, proof, clock);
        BackupRuns.Parts parts = new BackupRuns.Parts(catalogue, folder, maker, proof, recovery, programs, pgPrograms);
        return new BackupRuns(server, parts, config.retention(), outcomes, clock);
    }

    private static String version() {
        return Objects.requireNonNullElse(BackupService.class.getPackage().getImplementationVersion(), "development");
    }
}
