package org.tlac.platform.db;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;
import org.postgresql.util.PasswordUtil;

/** Runs provision.sql: the roles and schemas that services expect. Needs a superuser; running it again changes nothing. */
public final class Provisioning {

    private Provisioning() {}

    /**
     * Provisions the database that {@code superuser} is connected to.
     *
     * @param passwords by role: auth, activity, backup
     */
    public static void run(Connection superuser, Map<String, String> passwords) throws SQLException {
        try (Statement statement = superuser.createStatement()) {
            statement.execute(script());
            for (Map.Entry<String, String> role : passwords.entrySet()) {
                // Holds what the server would store, not the password: nothing to find in the server's log.
                statement.execute(PasswordUtil.genAlterUserPasswordSQL(
                        role.getKey(), role.getValue().toCharArray(), "scram-sha-256"));
            }
        }
    }

    private static String script() {
        try (InputStream in = Provisioning.class.getResourceAsStream("provision.sql")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("provision.sql cannot be read", e);
        }
    }
}
