package org.tlac.launcher.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.tlac.launcher.home.Home;
import org.tlac.platform.db.Provisioning;

/**
 * The database {@code tlac} in a PostgreSQL server, seen by its superuser.
 *
 * @param home has the passwords, as secrets
 * @param address of the server, as {@code host:port}
 */
public record TlacDatabase(Home home, String address) {

    public static final String NAME = "tlac";
    public static final String SUPERUSER = "postgres";
    public static final List<String> ROLES = List.of("auth", "activity", "backup");

    public static String jdbcUrl(String address, String database) {
        return "jdbc:postgresql://" + address + "/" + database;
    }

    /** The name of the secret that is a role's password. */
    public static String passwordName(String role) {
        return "database-" + role;
    }

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** A superuser's connection to the server, to no database of ours. */
    public Connection connect() throws SQLException {
        return connect(SUPERUSER, properties(TIMEOUT));
    }

    /** The same to a server of this machine, in one attempt, given up when the server is silent for so long. */
    public Connection connect(Duration timeout) throws SQLException {
        Properties properties = properties(timeout);
        // Otherwise the driver tries again without, when it is not answered.
        properties.setProperty("sslmode", "disable");
        properties.setProperty("gssEncMode", "disable");
        return connect(SUPERUSER, properties);
    }

    /** Makes the database when it is not there, and whatever is missing of roles, passwords and schemas in it. */
    public void provision(Connection server) throws SQLException {
        try (Statement statement = server.createStatement();
                ResultSet found = statement.executeQuery("select 1 from pg_database where datname = '" + NAME + "'")) {
            if (!found.next()) {
                statement.execute("create database " + NAME);
            }
        }
        Map<String, String> passwords = new TreeMap<>();
        ROLES.forEach(role -> passwords.put(role, home.secretText(passwordName(role))));
        try (Connection connection = connect(NAME, properties(TIMEOUT))) {
            Provisioning.run(connection, passwords);
        }
    }

    private Connection connect(String database, Properties properties) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(address, database), properties);
    }

    private Properties properties(Duration timeout) {
        Properties properties = new Properties();
        properties.setProperty("user", SUPERUSER);
        properties.setProperty("password", home.secretText(passwordName(SUPERUSER)));
        properties.setProperty("connectTimeout", "2");
        // Whole seconds.
        properties.setProperty(
                "socketTimeout", Long.toString(timeout.plusMillis(999).toSeconds()));
        return properties;
    }
}
