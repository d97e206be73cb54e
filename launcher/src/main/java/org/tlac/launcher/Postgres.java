package org.tlac.launcher;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.db.Provisioning;

/**
 * The PostgreSQL server of this machine: real binaries from Maven, unpacked once; passwords for everybody, loopback only; its data stays
 * between runs.
 */
final class Postgres {

    static final String DATABASE = "tlac";
    static final String NAME = "postgres";
    static final List<String> ROLES = List.of("auth", "activity", "backup");

    private static final String SUPERUSER = "postgres";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** PostgreSQL stops at SIGINT, letting nobody finish; this waits for the end of its standard input, or a signal, to send that. */
    private static final String WATCHED = """
            exec 3<&0
            "$@" 3<&- </dev/null &
            pid=$!
            trap 'kill -INT $pid' TERM INT
            { cat <&3 >/dev/null; kill -INT $pid; } &
            watcher=$!
            exec 3<&-
            while kill -0 $pid 2>/dev/null; do wait $pid; code=$?; done
            kill $watcher 2>/dev/null
            exit ${code:-0}
            """;

    private final Home home;
    private final int port;

    Postgres(Home home, int port) {
        this.home = home;
        this.port = port;
    }

    String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + DATABASE;
    }

    static Path passwordFile(Home home, String role) {
        return home.secret("database-" + role);
    }

    /** Unpacks the binaries and makes the data folder where that was not done yet. */
    void prepare() {
        try {
            Path binaries = unpack();
            Path data = home.postgresData();
            if (!Files.exists(data.resolve("PG_VERSION"))) {
                initialize(binaries, data);
            }
        } catch (IOException e) {
            throw new Problem("Cannot prepare the database: is the disk full?", e);
        }
    }

    Child start() {
        stopLeftover();
        List<String> command = new ArrayList<>(List.of("sh", "-c", WATCHED, "sh"));
        command.addAll(unprivileged());
        command.addAll(List.of(
                binary("postgres"),
                "-D",
                home.postgresData().toString(),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "port=" + port,
                "-c",
                "unix_socket_directories=",
                "-c",
                "shared_buffers=48MB",
                "-c",
                "max_connections=80",
                "-c",
                "jit=off",
                "-c",
                "timezone=UTC"));
        return Child.start(home, NAME, command, Map.of());
    }

    /** Waits until it answers, and makes sure that database, roles and schemas are there. */
    void awaitAndProvision(Child child) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try (Connection connection = connect("postgres")) {
                provision(connection);
                return;
            } catch (SQLException e) {
                if (!child.isAlive()) {
                    throw new Problem(
                            "The database does not start: see " + home.logs().resolve(NAME + ".log"));
                }
                if (System.nanoTime() > deadline) {
                    throw new Problem(
                            "The database does not answer: see " + home.logs().resolve(NAME + ".log"), e);
                }
                Thread.sleep(50);
            }
        }
    }

    boolean isReady() {
        try (Connection connection = connect(DATABASE)) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    private void provision(Connection server) throws SQLException {
        try (Statement statement = server.createStatement();
                ResultSet found =
                        statement.executeQuery("select 1 from pg_database where datname = '" + DATABASE + "'")) {
            if (!found.next()) {
                statement.execute("create database " + DATABASE);
            }
        }
        Map<String, String> passwords = new TreeMap<>();
        ROLES.forEach(role -> passwords.put(role, home.secretText("database-" + role)));
        try (Connection connection = connect(DATABASE)) {
            Provisioning.run(connection, passwords);
        }
    }

    private Connection connect(String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", SUPERUSER);
        properties.setProperty("password", home.secretText("database-" + SUPERUSER));
        properties.setProperty("connectTimeout", "2");
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/" + database, properties);
    }

    private void initialize(Path binaries, Path data) throws IOException {
        Path partial = data.resolveSibling("postgres.partial");
        deleteRecursively(partial);
        List<String> command = new ArrayList<>(unprivileged());
        command.addAll(List.of(
                binaries.resolve("bin/initdb").toString(),
                "-D",
                partial.toString(),
                "-U",
                SUPERUSER,
                "--pwfile=" + home.secret("database-" + SUPERUSER),
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--data-checksums"));
        Path log = home.logs().resolve("initdb.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new Problem("The database's data folder cannot be made: see " + log);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new Problem("Interrupted while the database's data folder was made", e);
        }
        Files.move(partial, data, StandardCopyOption.ATOMIC_MOVE);
    }

    /** PostgreSQL refuses to run as root; in a user namespace of its own it is nobody, while its files stay ours. */
    private static List<String> unprivileged() {
        return "root".equals(System.getProperty("user.name")) ? List.of("unshare", "-U") : List.of();
    }

    /** A server whose launcher was killed stops by itself; it may need a moment, or help. */
    private void stopLeftover() {
        Path pidFile = home.postgresData().resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        try {
            long pid = Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
            ProcessHandle.of(pid).filter(this::isOurs).ifPresent(process -> {
                process.destroy();
                try {
                    process.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
                    throw new Problem("A database server of an earlier run does not stop: end process " + pid, e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            Files.deleteIfExists(pidFile);
        } catch (IOException | NumberFormatException e) {
            throw new Problem("Cannot read " + pidFile, e);
        }
    }

    private boolean isOurs(ProcessHandle process) {
        return process.info().command().filter(binary("postgres")::equals).isPresent();
    }

    private String binary(String name) {
        return binaries().resolve("bin").resolve(name).toString();
    }

    private Path binaries() {
        return home.folder().resolve("postgres");
    }

    private Path unpack() throws IOException {
        Path target = binaries();
        if (Files.isExecutable(target.resolve("bin/postgres"))) {
            return target;
        }
        Path partial = target.resolveSibling("postgres.unpacking");
        deleteRecursively(partial);
        try (InputStream archive = archive();
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(tar, entry, partial);
            }
        }
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        return target;
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path target) throws IOException {
        Path file = target.resolve(entry.getName()).normalize();
        if (!file.startsWith(target)) {
            throw new IOException("the archive leads out of its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(file);
            return;
        }
        Files.createDirectories(file.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
        } else {
            Files.copy(tar, file);
            boolean executable = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(
                    file, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }

    private static InputStream archive() throws IOException {
        String architecture = System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64";
        String name = "/postgres-linux-" + architecture + ".txz";
        @Nullable InputStream found = Postgres.class.getResourceAsStream(name);
        if (found == null) {
            throw new Problem("There is no PostgreSQL for this machine (" + System.getProperty("os.arch") + ")");
        }
        return found;
    }

    private static void deleteRecursively(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
