package org.tlac.platform.db;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a schema to the version that this program needs, before the service opens its port. Replicas that start at once take turns under
 * Flyway's lock. Nothing is ever repaired or cleaned by itself: a history that does not fit stops the start. Versions newer than this
 * program's are left alone, so that the old program can be started again after the new one.
 */
public final class Migrations {

    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);
    private static final Duration RETRY = Duration.ofMillis(500);

    private Migrations() {}

    /**
     * Applies what is missing, waiting for a database that is still starting.
     *
     * @param schema owned by the role that connects
     * @param location folder of the class path, as {@code org/tlac/auth/migrations}
     * @throws FlywayException when the database stays away or refuses us, when there is no such folder or a file in it is misnamed, or
     *     when a migration fails, which leaves nothing of it behind
     */
    public static void run(DatabaseConfig config, String schema, String location) {
        awaitDatabase(config);
        var result = Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(config.url(), config.username(), config.password())
                .defaultSchema(schema)
                .schemas(schema)
                .createSchemas(false)
                .locations("classpath:" + location)
                .failOnMissingLocations(true)
                .validateMigrationNaming(true)
                .cleanDisabled(true)
                .load()
                .migrate();
        LOG.info("Schema {}: {} migrations applied", schema, result.migrationsExecuted);
    }

    /** Waits while nobody answers or the server is starting; a wrong password or name is told at once. */
    private static void awaitDatabase(DatabaseConfig config) {
        long deadline = System.nanoTime() + config.startTimeout().toNanos();
        boolean told = false;
        while (true) {
            try {
                connect(config).close();
                return;
            } catch (SQLException e) {
                if (!DatabaseException.starting(e)) {
                    throw new FlywayException("The database at " + config.url() + " refuses " + config.username(), e);
                }
                if (System.nanoTime() - deadline > 0) {
                    String message = "The database at " + config.url() + " did not come up within "
                            + config.startTimeout().toSeconds() + " s";
                    throw new FlywayException(message, e);
                }
                if (!told) {
                    LOG.info("Waiting for the database at {}: {}", config.url(), e.getMessage());
                    told = true;
                }
            }
            pause();
        }
    }

    private static Connection connect(DatabaseConfig config) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", config.username());
        properties.setProperty("password", config.password());
        properties.setProperty("connectTimeout", "2");
        properties.setProperty("loginTimeout", "5");
        return DriverManager.getConnection(config.url(), properties);
    }

    private static void pause() {
        try {
            Thread.sleep(RETRY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FlywayException("Interrupted while waiting for the database", e);
        }
    }
}
