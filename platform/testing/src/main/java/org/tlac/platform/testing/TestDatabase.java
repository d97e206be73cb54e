package org.tlac.platform.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.tlac.platform.db.DatabaseConfig;
import org.tlac.platform.db.Provisioning;

/**
 * A database of its own for a test class, provisioned as in production, on a real PostgreSQL server that the tests of one JVM share. A
 * wire in between can be cut, so that tests can take the database away and give it back.
 */
public final class TestDatabase implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final String PASSWORD = "test-password-of-a-role";

    private final String url;
    private final String name;
    private final FlakyProxy wire;
    private final Path passwordFile;

    private TestDatabase(String url, String name, FlakyProxy wire, Path passwordFile) {
        this.url = url;
        this.name = name;
        this.wire = wire;
        this.passwordFile = passwordFile;
    }

    /** A new, provisioned database without any tables yet. */
    public static TestDatabase create() {
        TestServer server = TestServer.shared();
        String name = "test_" + COUNT.incrementAndGet();
        try (Connection superuser = server.connect("postgres");
                Statement statement = superuser.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot create " + name, e);
        }
        try (Connection superuser = server.connect(name)) {
            Provisioning.run(superuser, Map.of("auth", PASSWORD, "activity", PASSWORD, "backup", PASSWORD));
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot provision " + name, e);
        }
        URI address = server.address();
        FlakyProxy wire = FlakyProxy.to(address.getHost(), address.getPort());
        try {
            Path passwordFile = Files.createTempFile("tlac-test", ".password");
            passwordFile.toFile().deleteOnExit();
            Files.writeString(passwordFile, PASSWORD);
            return new TestDatabase(
                    "jdbc:postgresql://127.0.0.1:" + wire.port() + "/" + name, name, wire, passwordFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String url() {
        return url;
    }

    public Path passwordFile() {
        return passwordFile;
    }

    /** How a service with that role connects, with short timeouts. */
    public DatabaseConfig config(String role) {
        return new DatabaseConfig(
                url,
                role,
                passwordFile,
                10,
                2,
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10));
    }

    /** A connection as superuser, for arranging and checking what no service may. */
    public Connection superuser() throws SQLException {
        return TestServer.shared().connect(name);
    }

    /** A connection as a service's role. */
    public Connection as(String role) throws SQLException {
        return DriverManager.getConnection(url, role, PASSWORD);
    }

    /** The server gives a service's role so many connections at most; -1 for any number. */
    public void limitConnections(String role, int most) throws SQLException {
        try (Connection superuser = superuser();
                Statement statement = superuser.createStatement()) {
            statement.execute("alter role " + role + " connection limit " + most);
        }
    }

    /** Connections that a service's role has open to this database. */
    public long connections(String role) {
        try (Connection superuser = superuser();
                PreparedStatement statement = superuser.prepareStatement(
                        "select count(*) from pg_stat_activity where usename = ? and datname = current_database()")) {
            statement.setString(1, role);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot count the connections of " + role, e);
        }
    }

    /** The database is away: open connections break, new ones are refused. */
    public void cut() {
        wire.cut();
    }

    /** Connections refused while it was away: tells a test that somebody tried. */
    public int refusals() {
        return wire.refusals();
    }

    public void mend() {
        wire.mend();
    }

    @Override
    public void close() {
        wire.close();
    }
}
