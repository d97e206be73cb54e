package org.tlac.backup.dump;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** pg_dump and pg_restore: PostgreSQL's own programs, which know better than we what makes a database whole. */
public final class PgPrograms {

    private static final Duration VERSION_DEADLINE = Duration.ofSeconds(10);
    private static final long REMEMBER_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");
    /** A table that a migration holds must not hold the backup for longer. */
    private static final String LOCK_WAIT = "--lock-wait-timeout=60000";

    private final Programs programs;
    private final Settings settings;
    private volatile long usableUntil = System.nanoTime();

    /**
     * Where the programs are and how long they may take.
     *
     * @param pgDump a name that PATH finds, or a path
     * @param deadline for one run of either
     */
    public record Settings(String pgDump, String pgRestore, Duration deadline) {}

    public PgPrograms(Programs programs, Settings settings) {
        this.programs = programs;
        this.settings = settings;
    }

    /** Whether both programs are there and run; a yes is remembered for a minute, so that probes stay cheap. */
    public boolean usable() {
        if (System.nanoTime() - usableUntil < 0) {
            return true;
        }
        try {
            requireUsable();
            usableUntil = System.nanoTime() + REMEMBER_NANOS;
            return true;
        } catch (BackupFailure e) {
            return false;
        }
    }

    /** @throws BackupFailure that says which program is missing and what to do, or that their versions do not fit together */
    public void requireUsable() {
        int dump = major(settings.pgDump(), "backup.pgdump");
        int restore = major(settings.pgRestore(), "backup.pgrestore");
        if (restore < dump) {
            throw new BackupFailure("pg_restore " + restore + " cannot read what pg_dump " + dump
                    + " writes: set backup.pgdump and backup.pgrestore to programs of one version.");
        }
    }

    /**
     * Dumps the database as it was at the snapshot.
     *
     * @param snapshot as pg_export_snapshot named it; its transaction must stay open meanwhile
     */
    void dump(PgServer server, int serverMajor, String snapshot, Path file) {
        int client = major(settings.pgDump(), "backup.pgdump");
        if (client < serverMajor) {
            throw new BackupFailure("pg_dump " + client + " cannot dump a server of version " + serverMajor
                    + ": install PostgreSQL's client programs of version " + serverMajor + " or newer.");
        }
        List<String> command = List.of(
                settings.pgDump(),
                "--format=custom",
                "--no-password",
                "--no-subscriptions",
                LOCK_WAIT,
                "--snapshot=" + snapshot,
                "--file=" + file);
        Programs.Result result = programs.run(command, server.environment(), settings.deadline());
        if (!result.succeeded()) {
            throw new BackupFailure(
                    "pg_dump ended with exit code " + result.exitCode() + ": " + result.lastWords() + ".");
        }
    }

    /**
     * Restores a dump into an empty database; everything in it will belong to the role of the session.
     *
     * @return what pg_restore complained of; empty when it restored everything
     */
    public String restore(PgServer server, int serverMajor, Path file, String database) {
        List<String> command = new ArrayList<>(List.of(
                settings.pgRestore(),
                "--no-password",
                "--no-owner",
                "--no-privileges",
                "--no-publications",
                "--no-subscriptions",
                "--no-security-labels",
                "--no-tablespaces",
                "--dbname=" + database));
        // A newer client sets parameters that an older server does not know, and must be let go on after that.
        if (major(settings.pgRestore(), "backup.pgrestore") <= serverMajor) {
            command.add("--exit-on-error");
        }
        command.add(file.toString());
        Map<String, String> environment = new HashMap<>(server.environment());
        // The scratch database is thrown away: nothing in it needs to survive a power cut.
        environment.put("PGOPTIONS", "-c synchronous_commit=off");
        Programs.Result result = programs.run(command, environment, settings.deadline());
        if (result.succeeded() || RestoreErrors.onlyUnknownSettings(result.output())) {
            return "";
        }
        return "pg_restore ended with exit code " + result.exitCode() + ": " + result.lastWords();
    }

    private int major(String program, String key) {
        Programs.Result result;
        try {
            result = programs.run(List.of(program, "--version"), Map.of(), VERSION_DEADLINE);
        } catch (BackupFailure e) {
            programs.checkpoint();
            throw new BackupFailure(
                    program + " cannot be run (" + key
                            + "). Install PostgreSQL's client programs (Debian: postgresql-client) or set " + key + ".",
                    e);
        }
        Matcher version = VERSION.matcher(result.output());
        if (!result.succeeded() || !version.find()) {
            throw new BackupFailure(program + " (" + key + ") does not say its version: " + result.lastWords() + ".");
        }
        return Integer.parseInt(version.group(1));
    }
}
