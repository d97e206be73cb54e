package org.tlac.launcher.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tlac.launcher.FreePorts;
import org.tlac.launcher.LauncherConfig;
import org.tlac.launcher.TestProcess;
import org.tlac.launcher.home.Console;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.Settings;
import org.tlac.launcher.home.UserError;
import org.tlac.launcher.logs.Logs;
import org.tlac.launcher.postgres.Postgres;
import org.tlac.launcher.postgres.TlacDatabase;
import org.tlac.launcher.process.ChildProcess;

/** `provision`, at a server that is not the launcher's; `secrets` is tested as a process, in the package compose. */
class ContainerSetupTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final Console silent = new Console(new PrintStream(OutputStream.nullOutputStream()));

    private ContainerSetup setup(Home home, String address) {
        return ContainerSetup.from(Map.of("TLAC_DATABASE", address), home, silent);
    }

    @Test
    void emptyServer_isProvisioned_andAgainAfterALostPassword() throws Exception {
        Home home = new Home(folder, folder);
        home.create();
        int port = Settings.DATABASE_PORT + FreePorts.offset();
        Postgres server = new Postgres(home, new Logs(home, LauncherConfig.STANDARD.logs()), port, silent);
        server.prepare();
        ChildProcess child = server.launch();
        try {
            TlacDatabase superuser = new TlacDatabase(home, Postgres.address(port));
            TestProcess.await(() -> answers(superuser));
            ContainerSetup setup = setup(home, Postgres.address(port));

            setup.provision();
            assertThat(schemasSeenBy("auth", home, port)).contains("auth", "audit");

            try (Connection connection = superuser.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("alter role activity password 'another'");
            }
            setup.provision();
            assertThat(schemasSeenBy("activity", home, port)).contains("activity");
        } finally {
            child.stop(PATIENCE);
        }
    }

    private static boolean answers(TlacDatabase superuser) {
        try (Connection connection = superuser.connect()) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    private static Set<String> schemasSeenBy(String role, Home home, int port) throws SQLException {
        Set<String> schemas = new TreeSet<>();
        try (Connection connection = DriverManager.getConnection(
                        TlacDatabase.jdbcUrl(Postgres.address(port), TlacDatabase.NAME),
                        role,
                        home.secretText(TlacDatabase.passwordName(role)));
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(
                        "select nspname from pg_namespace where has_schema_privilege(nspname, 'usage')")) {
            while (found.next()) {
                schemas.add(found.getString(1));
            }
        }
        return schemas;
    }

    @Test
    void serverThatIsAway_isToldByItsAddress() {
        Home home = new Home(folder, folder);
        home.create();
        String nobody = Postgres.address(Settings.DATABASE_PORT + FreePorts.offset());
        ContainerSetup setup = setup(home, nobody);
        assertThatThrownBy(setup::provision).isInstanceOf(UserError.class).hasMessageContaining(nobody);
    }
}
