package org.tlac.platform.db;

import io.helidon.config.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How a service reaches its database, under the key {@code database}.
 *
 * @param url {@code jdbc:postgresql://host:port/name}, without a password
 * @param username the service's role, which is also the name of its schema
 * @param passwordFile holds the role's password
 * @param poolSize connections at most
 * @param warmConnections connections that are open before the service is ready, so that its first rush meets none that must be
 *     opened; the whole pool at most
 * @param connectTimeout how long a call waits for a server that does not answer before it is answered 503
 * @param waitTimeout how long a call waits for its turn while all connections are in use before it is answered 503; below what the
 *     gateway waits for a service, or the caller hears of a service that does not answer
 * @param statementTimeout the server cancels a statement that takes longer
 * @param startTimeout how long a starting service waits for the database to come up
 */
public record DatabaseConfig(
        String url,
        String username,
        Path passwordFile,
        int poolSize,
        int warmConnections,
        Duration connectTimeout,
        Duration waitTimeout,
        Duration statementTimeout,
        Duration startTimeout) {

    /** HikariCP takes no less. */
    private static final Duration MIN_CONNECT_TIMEOUT = Duration.ofMillis(250);

    public DatabaseConfig {
        if (!url.startsWith("jdbc:postgresql://")) {
            throw new IllegalArgumentException("database.url must begin with jdbc:postgresql://");
        }
        if (url.contains("password")) {
            throw new IllegalArgumentException(
                    "database.url must not hold a password: it goes to database.passwordfile");
        }
        if (poolSize < 1) {
            throw new IllegalArgumentException("database.poolsize must be at least 1, not " + poolSize);
        }
        if (warmConnections < 0) {
            throw new IllegalArgumentException("database.warmconnections must be at least 0, not " + warmConnections);
        }
        atLeast("database.connecttimeout", connectTimeout, MIN_CONNECT_TIMEOUT);
        atLeast("database.waittimeout", waitTimeout, connectTimeout);
        atLeast("database.statementtimeout", statementTimeout, Duration.ofMillis(1));
        atLeast("database.starttimeout", startTimeout, Duration.ZERO);
    }

    /** @throws RuntimeException that names the key which is missing or whose value cannot be used */
    public static DatabaseConfig from(Config config) {
        Config database = config.get("database");
        int poolSize = database.get("poolsize").asInt().orElse(20);
        return new DatabaseConfig(
                database.get("url").asString().get(),
                database.get("username").asString().get(),
                Path.of(database.get("passwordfile").asString().get()),
                poolSize,
                database.get("warmconnections").asInt().orElse(poolSize),
                database.get("connecttimeout").as(Duration.class).orElse(Duration.ofMillis(1500)),
                database.get("waittimeout").as(Duration.class).orElse(Duration.ofSeconds(4)),
                database.get("statementtimeout").as(Duration.class).orElse(Duration.ofSeconds(10)),
                database.get("starttimeout").as(Duration.class).orElse(Duration.ofSeconds(60)));
    }

    /**
     * Read anew each time, so that a changed password needs no other copy.
     *
     * @throws UncheckedIOException when the file cannot be read
     * @throws IllegalArgumentException when there is nothing in it
     */
    public String password() {
        try {
            String password = Files.readString(passwordFile).strip();
            if (password.isEmpty()) {
                throw new IllegalArgumentException("The file of database.passwordfile is empty: " + passwordFile);
            }
            return password;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the database password from " + passwordFile, e);
        }
    }

    private static void atLeast(String key, Duration value, Duration least) {
        if (value.compareTo(least) < 0) {
            throw new IllegalArgumentException(key + " must be at least " + least + ", not " + value);
        }
    }
}
