package org.tlac.backup.dump;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The database server and the role that backs it up, for sessions that the pool must not lend: those that hold a lock or a snapshot for
 * hours, those of other databases, and those of PostgreSQL's own programs.
 *
 * @param url of the database to back up, as {@code jdbc:postgresql://host:port/name}
 * @param password asked for at each use, so that a changed one is found
 */
public record PgServer(String url, String username, Supplier<String> password) {

    private static final String SCHEME = "jdbc:postgresql://";
    private static final String CONNECT_SECONDS = "10";

    /** Driver properties that libpq knows under a variable of its own. */
    private static final Map<String, String> SHARED_SETTINGS = Map.of(
            "sslmode", "PGSSLMODE",
            "sslrootcert", "PGSSLROOTCERT",
            "sslcert", "PGSSLCERT",
            "sslkey", "PGSSLKEY");

    public PgServer {
        if (!url.startsWith(SCHEME) || url.indexOf('/', SCHEME.length()) < 0) {
            throw new IllegalArgumentException("database.url must look like " + SCHEME + "host:port/name, not " + url);
        }
    }

    /** A session in the database to back up. */
    public Connection connect() throws SQLException {
        return connect(url);
    }

    /** A session in another database of the same server. */
    public Connection connectTo(String database) throws SQLException {
        return connect(url.substring(0, nameStart()) + database + url.substring(nameEnd()));
    }

    /** How the programs' sessions call themselves, so that those of a dead process of this very database can be told and ended. */
    public String programSessions() {
        String name = "tlac-backup " + database();
        // What the server makes of a longer one.
        return name.length() <= 63 ? name : name.substring(0, 63);
    }

    /** The variables by which libpq finds this server; a program's arguments, which every user of the machine can read, stay clean. */
    Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PGHOST", eachServer(PgServer::host));
        environment.put("PGPORT", eachServer(PgServer::port));
        environment.put("PGDATABASE", database());
        environment.put("PGUSER", username);
        environment.put("PGPASSWORD", password.get());
        environment.put("PGAPPNAME", programSessions());
        environment.put("PGCONNECT_TIMEOUT", CONNECT_SECONDS);
        for (String setting : url.substring(nameEnd()).split("[?&]", -1)) {
            String[] pair = setting.split("=", 2);
            String variable = SHARED_SETTINGS.get(pair[0]);
            if (variable != null && pair.length == 2) {
                environment.put(variable, decoded(pair[1]));
            }
        }
        return environment;
    }

    private String database() {
        return decoded(url.substring(nameStart(), nameEnd()));
    }

    private int nameStart() {
        return url.indexOf('/', SCHEME.length()) + 1;
    }

    /** Where the settings begin, if there are any. */
    private int nameEnd() {
        int settings = url.indexOf('?');
        return settings < 0 ? url.length() : settings;
    }

    /** The driver and libpq both take several servers, to be tried in turn; one wants pairs and the other two lists. */
    private String eachServer(Function<String, String> part) {
        return Pattern.compile(",")
                .splitAsStream(url.substring(SCHEME.length(), nameStart() - 1))
                .map(part)
                .collect(Collectors.joining(","));
    }

    /** A name, an IPv4 address, or an IPv6 address in brackets; without brackets for libpq. */
    private static String host(String server) {
        String host = server.substring(0, portColon(server)).replaceAll("[\\[\\]]", "");
        return host.isEmpty() ? "localhost" : host;
    }

    private static String port(String server) {
        int colon = portColon(server);
        return colon == server.length() ? "5432" : server.substring(colon + 1);
    }

    private static int portColon(String server) {
        int colon = server.lastIndexOf(':');
        return colon > server.lastIndexOf(']') ? colon : server.length();
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private Connection connect(String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", username);
        properties.setProperty("password", password.get());
        properties.setProperty("connectTimeout", CONNECT_SECONDS);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "tlac-backup");
        return DriverManager.getConnection(database, properties);
    }
}
