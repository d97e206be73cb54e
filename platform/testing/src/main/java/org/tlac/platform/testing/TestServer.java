package org.tlac.platform.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** The PostgreSQL server that a JVM's tests share: a container when Docker answers, else an embedded one. It ends with the JVM. */
final class TestServer {

    /** The one that compose.yml and the manifests run. */
    static final String IMAGE = "postgres:17.11-trixie";

    private static final String SUPERUSER = "postgres";
    private static final Logger LOG = LoggerFactory.getLogger(TestServer.class);

    private final URI address;
    private final String password;

    private TestServer(URI address, String password) {
        this.address = address;
        this.password = password;
    }

    private static final class Shared {
        private static final TestServer SERVER =
                choose(TestServer::dockerAnswers, TestServer::container, TestServer::embedded);
    }

    static TestServer shared() {
        return Shared.SERVER;
    }

    /** A container where Docker answers and has, or gets, the image; else an embedded server. */
    static <S> S choose(BooleanSupplier docker, Supplier<S> container, Supplier<S> embedded) {
        if (docker.getAsBoolean()) {
            try {
                return container.get();
            } catch (RuntimeException e) {
                LOG.warn("Docker answers but {} cannot be started: an embedded PostgreSQL takes its place", IMAGE, e);
            }
        }
        return embedded.get();
    }

    URI address() {
        return address;
    }

    Connection connect(String database) throws SQLException {
        String url = "jdbc:postgresql://" + address.getHost() + ":" + address.getPort() + "/" + database;
        return DriverManager.getConnection(url, SUPERUSER, password);
    }

    /** Looks for a socket first: asking Testcontainers where there is none costs seconds and pages of log. */
    static boolean dockerAnswers() {
        boolean possible = System.getenv("DOCKER_HOST") != null || Files.exists(Path.of("/var/run/docker.sock"));
        return possible && DockerClientFactory.instance().isDockerAvailable();
    }

    @SuppressWarnings("resource") // Testcontainers' reaper, or the hook below, ends it with the JVM.
    static TestServer container() {
        PostgreSQLContainer container = new PostgreSQLContainer(
                        DockerImageName.parse(IMAGE).asCompatibleSubstituteFor("postgres"))
                .withUsername(SUPERUSER);
        container.start();
        Runtime.getRuntime().addShutdownHook(new Thread(container::stop));
        return new TestServer(
                URI.create("tcp://" + container.getHost() + ":" + container.getMappedPort(5432)),
                container.getPassword());
    }

    /** Services' roles need their password, as in production. */
    private static final String ACCESS = """
            local all all trust
            host all postgres samehost trust
            host all all samehost scram-sha-256
            """;

    static TestServer embedded() {
        try {
            Path access = Files.writeString(Files.createTempFile("tlac-test", ".hba"), ACCESS);
            access.toFile().deleteOnExit();
            EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                    .setServerConfig("fsync", "off")
                    .setServerConfig("shared_buffers", "32MB")
                    .setServerConfig("hba_file", access.toString())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    postgres.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
            return new TestServer(URI.create("tcp://127.0.0.1:" + postgres.getPort()), "");
        } catch (IOException e) {
            throw new UncheckedIOException("The embedded PostgreSQL does not start", e);
        }
    }
}
