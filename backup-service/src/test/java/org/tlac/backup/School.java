package org.tlac.backup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.tlac.platform.db.Migrations;
import org.tlac.platform.metrics.Metrics;
import org.tlac.platform.metrics.ServiceName;
import org.tlac.platform.testing.TestCallers;
import org.tlac.platform.testing.TestDatabase;

/**
 * What there is to back up: a database with somebody's rows in it, and a folder of files. One for all tests of a JVM, because a JVM has one
 * registry of metrics, whose gauges belong to the database that they were first made for.
 */
final class School {

    private static final class Shared {
        private static final School SCHOOL = new School();
    }

    final TestDatabase database = TestDatabase.create();
    final TestCallers callers = TestCallers.start();
    final Metrics metrics = Metrics.open(ServiceName.BACKUP, "test");
    final Path root;
    final Path backups;
    final Path data;
    /** Never closed: the gauges of this JVM ask its database. */
    final Replica replica;

    private int scripts;

    private School() {
        requirePgDump();
        try {
            root = Files.createTempDirectory("tlac-backup-test");
            backups = root.resolve("backups");
            data = Files.createDirectories(root.resolve("data"));
            Files.writeString(data.resolve("manifest.json"), "{}");
            Files.createDirectories(data.resolve("lesson-1"));
            Files.writeString(data.resolve("lesson-1/a1.html"), "<p>Hello</p>");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Migrations.run(database.config("auth"), "audit", "org/tlac/platform/db/audit");
        run("create table activity.work (id bigint primary key, text text)");
        run("alter table activity.work owner to activity");
        run("insert into activity.work select n, md5(n::text) || md5((n + 1)::text) from generate_series(1, 5000) n");
        run("create index on activity.work (text)");
        replica = replica();
        replica.takeToTheEnd();
    }

    static School shared() {
        return Shared.SCHOOL;
    }

    private static void requirePgDump() {
        boolean found = Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "pg_dump")));
        if (!found) {
            throw new AssertionError("These tests need pg_dump and pg_restore: install postgresql-client");
        }
    }

    /** Starts a replica that differs from the defaults by these keys and values. */
    Replica replica(String... settings) {
        Map<String, String> all = new HashMap<>();
        all.put("database.url", database.url());
        all.put("database.passwordfile", database.passwordFile().toString());
        all.put("backup.folder", backups.toString());
        all.put("data.folder", data.toString());
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        return Replica.start(all, metrics, callers);
    }

    /** A program in place of pg_dump or pg_restore; the real ones are on the path. */
    String script(String text) {
        try {
            Path script = root.resolve("script-" + ++scripts);
            Files.writeString(script, "#!/bin/sh\n" + text);
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
            return script.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A pg_dump that says its real version and, when asked to dump, does this. */
    String pgDump(String text) {
        return script("[ \"$1\" = --version ] && exec pg_dump --version\n"
                + "for a in \"$@\"; do case $a in --file=*) file=${a#--file=};; esac; done\n" + text);
    }

    void run(String sql) {
        try (Connection connection = database.superuser();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    String ask(String sql) {
        try (Connection connection = database.superuser();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : "";
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    /** Everything in the folder of backups, hidden names too. */
    List<String> entries() {
        try (Stream<Path> entries = Files.list(backups)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String scratchDatabases() {
        return ask("select coalesce(string_agg(datname, ','), '') from pg_database where datname like 'tlac_verify_%'");
    }

    Path folderOf(long id) {
        return backups.resolve(ask("select folder from backup.backups where id = " + id));
    }
}
