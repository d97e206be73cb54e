package org.tlac.acceptance.edge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What the database has of the texts that pupils saved.
 *
 * @param acknowledged texts whose save was answered 200
 * @param lost of those, how many are in no revision
 * @param doubled texts, acknowledged or not, that are in more than one
 */
public record History(int acknowledged, long lost, long doubled) {

    private static final int DATABASE = 15432;

    static History of(Target target, Set<String> acknowledged) throws SQLException {
        Map<String, Integer> found = new HashMap<>();
        try (Connection connection = connect(target);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select state ->> 'code' from activity.activity_revisions")) {
            while (rows.next()) {
                found.merge(String.valueOf(rows.getString(1)), 1, Integer::sum);
            }
        }
        return new History(
                acknowledged.size(),
                acknowledged.stream().filter(text -> !found.containsKey(text)).count(),
                found.values().stream().filter(count -> count > 1).count());
    }

    private static Connection connect(Target target) throws SQLException {
        try {
            String password = Files.readString(target.home().resolve("secrets/database-postgres"))
                    .strip();
            return DriverManager.getConnection(
                    "jdbc:postgresql://127.0.0.1:" + (DATABASE + target.offset()) + "/tlac", "postgres", password);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
