package org.tlac.platform.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

class TestServerTest {

    @Test
    void container_isChosenWhereDockerAnswers() {
        assertThat(TestServer.choose(() -> true, () -> "container", () -> "embedded"))
                .isEqualTo("container");
        assertThat(TestServer.choose(() -> false, () -> "container", () -> "embedded"))
                .isEqualTo("embedded");
    }

    @Test
    void image_isTheOneThatRunsInProduction() throws IOException {
        Path root = Path.of("..", "..");
        assertThat(Files.readString(root.resolve("compose.yml"))).contains(":-" + TestServer.IMAGE + "}");
        assertThat(Files.readString(root.resolve("k8s/components/postgres/postgres.yaml")))
                .contains("image: " + TestServer.IMAGE + "\n");
    }

    @Test
    void imageThatCannotBeHad_isReplacedByTheEmbeddedServer() {
        String chosen = TestServer.choose(
                () -> true,
                () -> {
                    throw new IllegalStateException("no registry");
                },
                () -> "embedded");
        assertThat(chosen).isEqualTo("embedded");
    }

    @Test
    @EnabledIf(value = "org.tlac.platform.testing.TestServer#dockerAnswers", disabledReason = "Docker does not answer")
    void container_answersAsSuperuser() throws Exception {
        try (Connection connection = TestServer.container().connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show is_superuser")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo("on");
        }
    }

    @Test
    void databases_areApartFromEachOther() throws Exception {
        try (TestDatabase one = TestDatabase.create();
                TestDatabase other = TestDatabase.create();
                Connection first = one.as("auth");
                Connection second = other.as("auth")) {
            first.createStatement().execute("create table mine (id int)");
            try (ResultSet row = second.createStatement().executeQuery("select to_regclass('auth.mine')")) {
                row.next();
                assertThat(row.getString(1)).isNull();
            }
        }
    }

    @Test
    void roles_needTheirPassword() {
        try (TestDatabase database = TestDatabase.create()) {
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> DriverManager.getConnection(database.url(), "auth", "wrong"))
                    .hasMessageContaining("password");
        }
    }

    @Test
    void provisioningAgain_changesNothing() throws Exception {
        try (TestDatabase database = TestDatabase.create();
                Connection superuser = database.superuser();
                Connection auth = database.as("auth")) {
            auth.createStatement().execute("create table mine (id int)");
            org.tlac.platform.db.Provisioning.run(superuser, java.util.Map.of("auth", "it's \"another\" \\ one"));
            try (Connection again = DriverManager.getConnection(database.url(), "auth", "it's \"another\" \\ one")) {
                again.createStatement().execute("select * from mine");
            }
        }
    }
}
