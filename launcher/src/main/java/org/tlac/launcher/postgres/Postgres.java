package org.tlac.launcher.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tlac.launcher.home.Console;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.UserError;
import org.tlac.launcher.logs.Logs;
import org.tlac.launcher.process.ChildProcess;
import org.tlac.launcher.process.Liveness;
import org.tlac.launcher.process.ManagedProcess;
import org.tlac.launcher.process.OrphanProcesses;
import org.tlac.launcher.process.OwnProcesses;
import org.tlac.launcher.process.Signal;
import org.tlac.launcher.process.SignalWrapper;

/** The PostgreSQL server of this machine: passwords for everybody, loopback only, and its data stays between runs. */
public final class Postgres implements ManagedProcess {

    public static final String NAME = "postgres";

    /** The SQLSTATE of a server that starts, recovers or stops. */
    private static final String CANNOT_CONNECT_NOW = "57P03";

    private static final Duration INITDB_PATIENCE = Duration.ofSeconds(90);
    private static final Duration LEFTOVER_GRACE = Duration.ofSeconds(20);

    /** A checkpoint of everything may be due, on a slow disk. */
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(60);

    /** For a server that hangs: to stop properly, then to stop at once, then to be gone. */
    private static final Duration FAST_PATIENCE = Duration.ofSeconds(2);

    private static final Duration IMMEDIATE_PATIENCE = Duration.ofSeconds(1);
    private static final Duration KILL_PATIENCE = Duration.ofSeconds(5);

    /** Where {@code postmaster.pid} has what the server is at, in its own words. */
    private static final int STATUS_LINE = 7;

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
    private final Logs logs;
    private final int port;
    private final Console console;
    private final PostgresBinaries binaries;
    private final TlacDatabase database;
    private volatile boolean provisioned;

    public Postgres(Home home, Logs logs, int port, Console console) {
        this.home = home;
        this.logs = logs;
        this.port = port;
        this.console = console;
        this.binaries = new PostgresBinaries(home.postgresPrograms());
        this.database = new TlacDatabase(home, address(port));
    }

    public static String address(int port) {
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
                throw new UserError(
                        "The data in %s is PostgreSQL %s's, and this TLAC brings version %s: start the TLAC that made it, and take a backup."
                                .formatted(home.postgresData(), found, PostgresBinaries.version()));
            }
        } catch (IOException e) {
            throw new UserError("Cannot prepare the database in " + home.folder(), e);
        }
        new OrphanProcesses(home, console, LEFTOVER_GRACE).awaitServers();
    }

    @Override
    public ChildProcess launch() {
        List<String> command =
                watched(binaries.program("postgres"), "-D", home.postgresData().toString());
        SERVER_SETTINGS.forEach(setting -> command.addAll(List.of("-c", setting)));
        command.addAll(List.of("-c", "port=" + port, "-c", OwnProcesses.serverMark(home)));
        return ChildProcess.start(home, logs, NAME, command, Map.of());
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
            throw new UserError(
                    "The database is not as TLAC left it, or not that of the passwords in " + home.secrets(), e);
        }
    }

    /**
     * Whether it lets somebody in who asks for nothing. A refusal is an answer: too many clients, or a recovery after a crash, which may
     * take its time, are no reason to end it. A server that was asked to stop lets nobody in until its last client has left, which is one.
     */
    @Override
    public Liveness liveness(Duration timeout) {
        try (Connection connection = database.connect(timeout);
                Statement statement = connection.createStatement()) {
            statement.execute("select 1");
            return Liveness.ALIVE;
        } catch (SQLException e) {
            boolean answers = !isPassing(e) || (CANNOT_CONNECT_NOW.equals(e.getSQLState()) && !isStopping());
            return answers ? Liveness.ALIVE : Liveness.failed(String.valueOf(e.getMessage()));
        }
    }

    private boolean isStopping() {
        try {
            List<String> lines = Files.readAllLines(home.postgresData().resolve("postmaster.pid"));
            return lines.size() > STATUS_LINE && lines.get(STATUS_LINE).strip().equals("stopping");
        } catch (IOException e) {
            // It is gone, or about to be.
            return true;
        }
    }

    /**
     * Asks it to stop without waiting for its clients; then to leave everything as it is, which costs a recovery; and kills it at last, and
     * every backend, since a new server cannot start beside one. No commit is lost at any of these.
     */
    @Override
    public void end(ChildProcess child) {
        OwnProcesses processes = new OwnProcesses(home);
        // One that was merely halted can still stop in order.
        Signal.CONT.to(processes.servers());
        Signal.INT.to(processes.servers().stream().limit(1).toList());
        if (!OrphanProcesses.isGone(processes::servers, FAST_PATIENCE)) {
            Signal.QUIT.to(processes.servers().stream().limit(1).toList());
        }
        if (!OrphanProcesses.isGone(processes::servers, IMMEDIATE_PATIENCE)) {
            // The postmaster first, which would start others.
            OrphanProcesses.isGone(() -> killed(processes.servers()), KILL_PATIENCE);
        }
        child.kill();
    }

    private static List<ProcessHandle> killed(List<ProcessHandle> processes) {
        processes.forEach(ProcessHandle::destroyForcibly);
        return processes;
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
        ChildProcess initdb = ChildProcess.start(home, logs, "initdb", command, Map.of());
        if (initdb.join(INITDB_PATIENCE) != 0) {
            throw new UserError("The database cannot be made: " + initdb.reason());
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
        return SignalWrapper.command(command);
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            throw new UserError("Cannot tell who I am", e);
        }
    }
}
