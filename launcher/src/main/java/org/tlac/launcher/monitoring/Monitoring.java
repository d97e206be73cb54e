package org.tlac.launcher.monitoring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.Installed;
import org.tlac.launcher.home.Preflight;
import org.tlac.launcher.home.Settings;
import org.tlac.launcher.home.UserError;
import org.tlac.launcher.logs.Logs;
import org.tlac.launcher.process.ExternalProgram;

/**
 * Prometheus beside TLAC on one machine, with Alertmanager and Grafana where they are installed: for a school that wants graphs and alerts
 * without containers. Rules, dashboards and targets are those of {@code monitoring/}; everything listens on this machine only, and keeps
 * its data in {@code .tlac/monitoring}.
 */
public final class Monitoring {

    public static final int PROMETHEUS_PORT = 9090;
    static final String ALERTMANAGER = "alertmanager";

    private static final String PROMETHEUS = "prometheus";
    private static final int ALERTMANAGER_PORT = 9093;
    private static final int GRAFANA_PORT = 3000;
    private static final String LOOPBACK = "127.0.0.1:";

    /** What the promises' 30 days need, and a bound on the disk for a clock or a label gone wild. */
    private static final List<String> RETENTION =
            List.of("--storage.tsdb.retention.time=31d", "--storage.tsdb.retention.size=4GB");

    private static final String ADVICE = "A Prometheus, Alertmanager or Grafana that the system starts by itself "
            + "is stopped by: sudo systemctl disable --now prometheus prometheus-alertmanager grafana-server. "
            + "Or let TLAC use other ports: TLAC_PORT_OFFSET=100 for ./tlac up and ./tlac monitor.";

    private final Home tlac;
    private final Home home;
    private final Logs logs;
    private final Settings settings;
    private final Installed installed;

    public Monitoring(Home tlac, Logs.Limits logs, Settings settings, Installed installed) {
        this.tlac = tlac;
        this.home = tlac.monitoring();
        this.logs = new Logs(home, logs);
        this.settings = settings;
        this.installed = installed;
    }

    /** What can be run here: Prometheus at least. @throws UserError when that is not installed */
    public List<ExternalProgram> programs() {
        List<ExternalProgram> programs = new ArrayList<>();
        programs.add(prometheus());
        alertmanager().ifPresent(programs::add);
        grafana().ifPresent(programs::add);
        return programs;
    }

    /** Writes the configuration. @throws UserError when a port is taken, or the disk nearly full */
    public void prepare(List<ExternalProgram> programs) {
        Preflight.requireRoom(home, Preflight.MIN_FREE_BYTES);
        programs.forEach(program -> Preflight.requireFree(program.name(), program.port(), ADVICE));
        OneMachine here = new OneMachine(shipped(), settings);
        write(configuration(), here.prometheus(alertmanager().isPresent()));
        if (installed.grafana().isPresent()) {
            write(provisioning().resolve("datasources/prometheus.yml"), here.datasources());
            write(provisioning().resolve("dashboards/tlac.yml"), here.dashboards());
        }
    }

    /** What a person needs to know once everything runs. */
    public String welcome(List<ExternalProgram> programs) {
        StringBuilder text = new StringBuilder("\nMonitoring is up, for this machine only:\n\n");
        programs.forEach(program -> text.append("  %-14s %s%n".formatted(program.name(), program.url())));
        if (programs.stream().noneMatch(program -> program.name().equals(ALERTMANAGER))) {
            text.append("\n  Nobody is told of alerts: sudo apt-get install prometheus-alertmanager\n");
        }
        installed
                .grafana()
                .ifPresentOrElse(
                        program -> text.append("\n  Grafana's admin has the password in %s%n".formatted(password())),
                        () -> text.append(
                                "  Grafana is not installed: its dashboards need it, Prometheus does not.\n"));
        return text.append("\nWho is told of alerts: %s%n".formatted(receivers()))
                .append("Data: %s    Logs: %s    Stop: Ctrl-C, or ./tlac down%n".formatted(home.folder(), home.logs()))
                .toString();
    }

    private ExternalProgram prometheus() {
        Path program = installed
                .program(PROMETHEUS)
                .orElseThrow(() -> new UserError("Prometheus is not installed. Run: sudo apt-get install prometheus "
                        + "prometheus-alertmanager, or put the prometheus of a release of it on the PATH."));
        int port = settings.port(PROMETHEUS_PORT);
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--config.file=" + configuration(),
                "--storage.tsdb.path=" + home.folder().resolve(PROMETHEUS),
                "--web.listen-address=" + LOOPBACK + port,
                "--web.external-url=http://localhost:" + port));
        command.addAll(RETENTION);
        return new ExternalProgram(home, logs, PROMETHEUS, command, Map.of(), port, "/-/ready", "/-/healthy");
    }

    private Optional<ExternalProgram> alertmanager() {
        int port = settings.port(ALERTMANAGER_PORT);
        return installed
                .program("prometheus-alertmanager", ALERTMANAGER)
                .map(program -> new ExternalProgram(
                        home,
                        logs,
                        ALERTMANAGER,
                        List.of(
                                program.toString(),
                                "--config.file=" + receivers(),
                                "--storage.path=" + home.folder().resolve(ALERTMANAGER),
                                "--web.listen-address=" + LOOPBACK + port,
                                "--web.external-url=http://localhost:" + port,
                                // One alone: no cluster to look for.
                                "--cluster.listen-address="),
                        Map.of(),
                        port,
                        "/-/ready",
                        "/-/healthy"));
    }

    private Optional<ExternalProgram> grafana() {
        int port = settings.port(GRAFANA_PORT);
        Path folder = home.folder().resolve("grafana");
        return installed.grafana().map(command -> {
            Map<String, String> environment = Map.ofEntries(
                    Map.entry("GF_PATHS_DATA", folder.toString()),
                    Map.entry("GF_PATHS_LOGS", home.logs().toString()),
                    Map.entry("GF_PATHS_PLUGINS", folder.resolve("plugins").toString()),
                    Map.entry("GF_PATHS_PROVISIONING", provisioning().toString()),
                    Map.entry("GF_SERVER_HTTP_ADDR", "127.0.0.1"),
                    Map.entry("GF_SERVER_HTTP_PORT", Integer.toString(port)),
                    Map.entry("GF_SECURITY_ADMIN_PASSWORD__FILE", password().toString()),
                    Map.entry("GF_AUTH_ANONYMOUS_ENABLED", "false"),
                    Map.entry("GF_USERS_ALLOW_SIGN_UP", "false"),
                    Map.entry("GF_ANALYTICS_REPORTING_ENABLED", "false"),
                    Map.entry("GF_ANALYTICS_CHECK_FOR_UPDATES", "false"),
                    Map.entry("GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES", "false"),
                    Map.entry("GF_LOG_MODE", "console"));
            return new ExternalProgram(home, logs, "grafana", command, environment, port, "/api/health", "/api/health");
        });
    }

    /** A school's own receivers where it has set some (a copy of the shipped folder), else those that ship, which tell nobody. */
    private Path receivers() {
        Path own = tlac.folder().resolve("config/alertmanager/alertmanager.yml");
        return Files.exists(own) ? own : shipped().resolve("alertmanager/alertmanager.yml");
    }

    private Path password() {
        return tlac.secret("grafana-admin");
    }

    private Path shipped() {
        return tlac.root().resolve("monitoring");
    }

    private Path configuration() {
        return home.folder().resolve("prometheus.yml");
    }

    private Path provisioning() {
        return home.folder().resolve("grafana/provisioning");
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
        } catch (IOException e) {
            throw new UserError("Cannot create " + file.getParent(), e);
        }
        Home.writePublic(file, text);
    }
}
