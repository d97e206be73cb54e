package org.tlac.platform.db;

import java.time.Duration;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a schema to the version that this program needs, before the service opens its port. Replicas that start at once take turns under
 * Flyway's lock. Nothing is ever repaired or cleaned by itself: a history that does not fit stops the start.
 */
public final class Migrations {

    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private Migrations() {}

    /**
     * Applies what is missing, waiting for a database that is still starting.
     *
     * @param schema owned by the role that connects
     * @param location folder of the class path, as {@code org/tlac/auth/migrations}
     * @throws FlywayException when the database stays away or a migration fails; a failed migration leaves nothing behind
     */
    public static void run(DatabaseConfig config, String schema, String location) {
        var result = Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(config.url(), config.username(), config.password())
                .defaultSchema(schema)
                .schemas(schema)
                .createSchemas(false)
                .locations("classpath:" + location)
                .connectRetries(Math.toIntExact(config.startTimeout().dividedBy(RETRY)))
                .connectRetriesInterval(Math.toIntExact(RETRY.toSeconds()))
                .cleanDisabled(true)
                .load()
                .migrate();
        LOG.info("Schema {}: {} migrations applied", schema, result.migrationsExecuted);
    }
}
