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
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** The PostgreSQL server that a JVM's tests share: a container when Docker answers, else an embedded one. It ends with the JVM. */
final class TestServer {

    /** The server's major that production's images name. */
    static final String IMAGE = "postgres:15";

    private static final String SUPERUSER = "postgres";

    private final URI address;
    private final String password;

    private TestServer(URI address, String password) {
        this.address = address;
        this.password = password;
    }

    private static final class Shared {
        private static final TestServer SERVER = start(TestServer::dockerAnswers);
    }

    static TestServer shared() {
        return Shared.SERVER;
    }

    static TestServer start(BooleanSupplier docker) {
        return docker.getAsBoolean() ? container() : embedded();
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
    private static TestServer container() {
        PostgreSQLContainer container = new PostgreSQLContainer(
                        DockerImageName.parse(IMAGE).asCompatibleSubstituteFor("postgres"))
                .withUsername(SUPERUSER);
        container.start();
        Runtime.getRuntime().addShutdownHook(new Thread(container::stop));
        return new TestServer(
                URI.create("tcp://" + container.getHost() + ":" + container.getMappedPort(5432)),
                container.getPassword());
    }

    private static TestServer embedded() {
        try {
            EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                    .setServerConfig("fsync", "off")
                    .setServerConfig("shared_buffers", "32MB")
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
