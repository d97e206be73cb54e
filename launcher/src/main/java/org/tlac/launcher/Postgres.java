package org.tlac.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The PostgreSQL server of this machine: passwords for everybody, loopback only, and its data stays between runs. */
final class Postgres implements Part {

    static final String NAME = "postgres";

    private static final Duration INITDB_PATIENCE = Duration.ofSeconds(90);
    private static final Duration LEFTOVER_GRACE = Duration.ofSeconds(20);

    /** A checkpoint of everything may be due, on a slow disk. */
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(60);

    /** Little memory, one address, no sockets elsewhere, and nothing of replication, which one machine does not need. */
    private static final List<String> SERVER_SETTINGS = List.of(
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "shared_buffers=32MB",
            "huge_pages=off",
            "max_connections=80",
            "jit=off",
            "wal_level=minimal",
            "max_wal_senders=0",
            "max_logical_replication_workers=0",
            "timezone=UTC",
            "log_timezone=UTC");

    private final Home home;
    private final int port;
    private final Console console;
    private final PostgresBinaries binaries;
    private final TlacDatabase database;
    private volatile boolean provisioned;

    Postgres(Home home, int port, Console console) {
        this.home = home;
        this.port = port;
        this.console = console;
        this.binaries = new PostgresBinaries(home.folder().resolve("postgres"));
        this.database = new TlacDatabase(home, address(port));
    }

    static String address(int port) {
        return "127.0.0.1:" + port;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> needs() {
        return List.of();
    }

    @Override
    public Duration stopPatience() {
        return STOP_PATIENCE;
    }

    /** Unpacks the programs and makes the data folder where that was not done yet, and lets no other server be at work on it. */
    @Override
    public void prepare() {
        try {
            if (!binaries.isUnpacked()) {
                console.step("Unpacking PostgreSQL " + PostgresBinaries.version());
                binaries.unpack();
            }
            Path version = home.postgresData().resolve("PG_VERSION");
            if (!Files.exists(version)) {
                console.step("Making the database");
                initialize(home.postgresData());
            }
            String found = Files.readString(version).strip();
            if (!found.equals(PostgresBinaries.major())) {
                throw new Problem(
                        "The data in %s is PostgreSQL %s's, and this TLAC brings version %s: start the TLAC that made it, and take a backup."
                                .formatted(home.postgresData(), found, PostgresBinaries.version()));
            }
        } catch (IOException e) {
            throw new Problem("Cannot prepare the database in " + home.folder(), e);
        }
        new Leftovers(home, console, LEFTOVER_GRACE).awaitServers();
    }

    @Override
    public Child launch() {
        List<String> command =
                watched(binaries.program("postgres"), "-D", home.postgresData().toString());
        SERVER_SETTINGS.forEach(setting -> command.addAll(List.of("-c", setting)));
        command.addAll(List.of("-c", "port=" + port));
        return Child.start(home, NAME, command, Map.of());
    }

    /** Whether it answers; makes sure at the first time that database, roles and schemas are there. */
    @Override
    public boolean isReady() {
        try (Connection connection = database.connect()) {
            if (!provisioned) {
                database.provision(connection);
                provisioned = true;
            }
            return true;
        } catch (SQLException e) {
            if (isPassing(e)) {
                return false;
            }
            throw new Problem(
                    "The database is not as TLAC left it, or not that of the passwords in " + home.secrets(), e);
        }
    }

    /** Connection refused or lost, or a server that is starting or stopping: classes 08 and 57 of SQLSTATE. */
    private static boolean isPassing(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("08") || state.startsWith("57");
    }

    private void initialize(Path data) throws IOException {
        Path partial = data.resolveSibling("postgres.partial");
        PostgresBinaries.deleteRecursively(partial);
        List<String> command = watched(
                binaries.program("initdb"),
                "--pgdata=" + partial,
                "--username=" + TlacDatabase.SUPERUSER,
                "--pwfile=" + home.secret(TlacDatabase.passwordName(TlacDatabase.SUPERUSER)),
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--data-checksums");
        Child initdb = Child.start(home, "initdb", command, Map.of());
        if (initdb.join(INITDB_PATIENCE) != 0) {
            throw new Problem("The database cannot be made: " + initdb.reason());
        }
        Files.move(partial, data, StandardCopyOption.ATOMIC_MOVE);
    }

    private static List<String> watched(String... program) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            // PostgreSQL refuses to run as root; in a user namespace of its own it is nobody, while its files stay
            // ours.
            command.addAll(List.of("unshare", "--user"));
        }
        command.addAll(List.of(program));
        return Watched.command(command);
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            throw new Problem("Cannot tell who I am", e);
        }
    }
}
