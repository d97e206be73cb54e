package org.tlac.launcher.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tlac.launcher.FreePorts;
import org.tlac.launcher.LauncherConfig;
import org.tlac.launcher.Main;
import org.tlac.launcher.School;
import org.tlac.launcher.TestProcess;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.Installed;
import org.tlac.launcher.home.Settings;
import org.tlac.launcher.home.UserError;
import org.tlac.launcher.process.Readiness;

/** {@code ./tlac monitor} as a process, with no TLAC beside it: how it begins, what it says, and that nothing of it is left. */
class MonitorTest {

    private static final int OFFSET = FreePorts.offset();
    private static final int PROMETHEUS = Monitoring.PROMETHEUS_PORT + OFFSET;

    @TempDir
    private Path home;

    @TempDir
    private Path programs;

    @BeforeEach
    void prometheusIsNeeded() {
        assumeTrue(
                Installed.on(System.getenv("PATH")).program("prometheus").isPresent(), "prometheus is not installed");
    }

    private TestProcess command(String command, String path) {
        Map<String, String> environment = new HashMap<>();
        environment.put("TLAC_HOME", home.toString());
        environment.put("TLAC_PORT_OFFSET", Integer.toString(OFFSET));
        environment.put("PATH", path);
        return TestProcess.java(Main.class, environment, List.of("-Dtlac.root=" + School.ROOT), List.of(command));
    }

    private TestProcess command(String command) {
        return command(command, System.getenv("PATH"));
    }

    @Test
    void monitor_saysWhereItIs_isInTheStatus_andEndsByDown_withNothingLeft() throws Exception {
        try (TestProcess monitor = command("monitor")) {
            monitor.awaitLine("Data: ");
            assertThat(monitor.lines()).anyMatch(line -> line.endsWith("http://localhost:" + PROMETHEUS));
            assertThat(Readiness.of(PROMETHEUS, "/-/ready").isReady()).isTrue();
            assertThat(monitor.descendants()).isNotEmpty();
            try (TestProcess second = command("monitor")) {
                assertThat(second.awaitExit()).isEqualTo(1);
                assertThat(second.lines())
                        .containsExactly(
                                "tlac: Monitoring runs already: ./tlac status shows it, ./tlac down stops it.");
            }
            try (TestProcess status = command("status")) {
                status.awaitExit();
                assertThat(status.lines()).anyMatch(line -> line.matches("prometheus +ready +pid .*"));
            }
            try (TestProcess down = command("stop")) {
                assertThat(down.awaitExit()).isZero();
                assertThat(down.lines()).contains("Monitoring is stopped.");
            }
            monitor.awaitNothingLeft();
            assertThat(home.resolve("monitoring/run/prometheus.pid")).doesNotExist();
            assertThat(home.resolve("monitoring/prometheus/wal")).exists();
        }
    }

    @Test
    void monitorKilled_leavesNothing_andTheNextOneStartsOnItsData() throws Exception {
        try (TestProcess first = command("monitor")) {
            first.awaitLine("Data: ");
            first.kill();
            try (TestProcess second = command("monitor")) {
                second.awaitLine("Data: ");
                first.awaitNothingLeft();
                second.terminate();
                second.awaitExit();
                second.awaitNothingLeft();
            }
        }
    }

    @Test
    void portTaken_isSaidWithWhatHelps_andNothingIsLeft() throws Exception {
        try (ServerSocket taken = new ServerSocket(PROMETHEUS);
                TestProcess monitor = command("monitor")) {
            assertThat(taken.isBound()).isTrue();
            assertThat(monitor.awaitExit()).isEqualTo(1);
            assertThat(monitor.lines())
                    .singleElement()
                    .asString()
                    .startsWith("tlac: Port " + PROMETHEUS + " (prometheus) cannot be used")
                    .contains("sudo systemctl disable --now prometheus");
            monitor.awaitNothingLeft();
        }
    }

    @Test
    void receiversThatCannotBeUsed_areSaidInAlertmanagersWords() throws Exception {
        Path own = Files.createDirectories(home.resolve("config/alertmanager"));
        Files.writeString(own.resolve("alertmanager.yml"), "route: {receiver: nobody}\n");
        assumeTrue(
                Installed.on(System.getenv("PATH"))
                        .program("prometheus-alertmanager", "alertmanager")
                        .isPresent(),
                "alertmanager is not installed");
        try (TestProcess monitor = command("monitor")) {
            assertThat(monitor.awaitExit()).isEqualTo(1);
            assertThat(monitor.lines())
                    .anyMatch(line -> line.startsWith("tlac: alertmanager does not start: undefined receiver"));
            monitor.awaitNothingLeft();
        }
    }

    @Test
    void withoutPrometheus_theCommandThatInstallsItIsSaid() {
        Monitoring monitoring = new Monitoring(
                new Home(School.ROOT, home),
                LauncherConfig.STANDARD.logs(),
                new Settings(0, ""),
                new Installed(List.of(programs)));
        assertThatThrownBy(monitoring::programs)
                .isInstanceOf(UserError.class)
                .hasMessageContaining("sudo apt-get install prometheus prometheus-alertmanager");
    }

    /** No Grafana is installed where this runs: a program in its place tells what it was started with. */
    @Test
    void grafana_isStartedWhereItIsInstalled_withTheShippedDashboards() throws Exception {
        Path grafana = programs.resolve("grafana");
        Files.writeString(grafana, """
                #!/bin/sh
                env | grep '^GF_' >"$GF_PATHS_DATA.env"
                echo "$@" >>"$GF_PATHS_DATA.env"
                exec /usr/bin/python3 -c 'import http.server, os, signal
                signal.signal(signal.SIGINT, signal.SIG_DFL)
                class Handler(http.server.BaseHTTPRequestHandler):
                    def do_GET(self):
                        self.send_response(200 if self.path == "/api/health" else 404)
                        self.end_headers()
                http.server.HTTPServer(("127.0.0.1", int(os.environ["GF_SERVER_HTTP_PORT"])), Handler).serve_forever()'
                """);
        Files.setPosixFilePermissions(grafana, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (TestProcess monitor = command("monitor", programs + ":" + System.getenv("PATH"))) {
            monitor.awaitLine("Data: ");
            assertThat(monitor.lines()).anyMatch(line -> line.endsWith("http://localhost:" + (3000 + OFFSET)));
            assertThat(home.resolve("monitoring/grafana.env"))
                    .content()
                    .contains("GF_AUTH_ANONYMOUS_ENABLED=false", "GF_SERVER_HTTP_ADDR=127.0.0.1")
                    .contains("server --homepath /usr/share/grafana");
            assertThat(home.resolve("monitoring/grafana/provisioning/dashboards/tlac.yml"))
                    .content()
                    .contains(School.ROOT.resolve("monitoring/dashboards").toString());
            monitor.terminate();
            monitor.awaitExit();
            monitor.awaitNothingLeft();
        }
    }
}
