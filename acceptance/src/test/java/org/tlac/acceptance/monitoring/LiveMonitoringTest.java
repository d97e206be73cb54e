package org.tlac.acceptance.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.tlac.acceptance.pages.Chromium;
import org.tlac.launcher.Main;
import org.tlac.launcher.School;
import org.tlac.launcher.TestProcess;
import org.tlac.launcher.client.ApiClient;
import org.tlac.launcher.client.Demo;
import org.tlac.launcher.home.Console;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.Installed;
import org.tlac.launcher.monitoring.Monitoring;
import org.tlac.launcher.postgres.Postgres;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Metric;
import org.tlac.platform.metrics.ServiceName;

/**
 * The live proof: a school day on the real thing, watched by a real Prometheus and Alertmanager that {@code ./tlac monitor} started. Every
 * panel and every rule has data, every metric moves, and what went wrong that day is told to a webhook. Leaves a table in
 * {@code target/live-monitoring.md}.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LiveMonitoringTest {

    private static final Path MONITORING = School.ROOT.resolve("monitoring");

    /** Counters and histograms that a day without accidents must not move, and why. */
    private static final Map<String, String> STILL =
            Map.of("tlac_db_errors_total", "the database is well that day: moved in SchoolDayTest's database tests");

    /** Selectors of alerts that match nothing on such a day, and why. */
    private static final Map<String, String> ABSENT = Map.of();

    private static School school;
    private static TestProcess monitor;
    private static Webhook webhook;
    private static LivePrometheus prometheus;
    private static ApiClient admin;
    private static Instant start;
    private static Socket stranger;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void open() throws IOException {
        Installed installed = Installed.on(System.getenv("PATH"));
        assumeTrue(installed.program("prometheus").isPresent(), "prometheus is not installed");
        assumeTrue(installed.program("prometheus-alertmanager", "alertmanager").isPresent(), "no alertmanager");
        webhook = new Webhook();
        Path config = Files.createDirectories(folder.resolve("home/config"));
        // An alert that a service hangs is what this asks for: the watchdog is not to end it before.
        Files.writeString(config.resolve("launcher.env"), "TLAC_WATCHDOG_FAILURES=100\n");
        school = School.start(folder.resolve("home"));
        start = Instant.now();
        Path root = FastClockConfig.copy(School.ROOT, folder.resolve("root"), webhook.url());
        monitor =
                TestProcess.java(Main.class, school.environment(), List.of("-Dtlac.root=" + root), List.of("monitor"));
        monitor.awaitLine("Monitoring is up");
        prometheus = new LivePrometheus(school.settings().port(Monitoring.PROMETHEUS_PORT), start);
    }

    @AfterAll
    static void close() {
        Stream.of(monitor, school, webhook, stranger)
                .filter(java.util.Objects::nonNull)
                .forEach(each -> {
                    try {
                        each.close();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
    }

    @Test
    @Order(1)
    void everyTarget_isUp_underItsServicesName() {
        // Before the day: what it moves is seen from 0 on.
        TestProcess.await(() -> prometheus.query("up == 1").size() == ServiceName.values().length + 2);
        for (ServiceName owner : ServiceName.values()) {
            assertThat(prometheus.value("up{job=\"%s\"}".formatted(owner.id()))).isEqualTo(1);
        }
        assertThat(prometheus.get("targets").path("activeTargets"))
                .allSatisfy(
                        target -> assertThat(target.path("lastError").asText()).isEmpty());
    }

    @Test
    @Order(2)
    void day_isPlayed() throws IOException {
        // Comes in and says nothing: closed when its time for a handshake is over.
        stranger =
                new Socket(InetAddress.getLoopbackAddress(), school.settings().port(8443));
        new Demo(new Home(School.ROOT, school.home()), school.settings(), new Console(System.out)).play();
        String password = new Home(School.ROOT, school.home()).secretText("demo-password");
        admin = school.anyone().login("demo-admin", password);
        ApiClient ada = school.anyone().login("ada.l", password);
        TestProcess.await(() -> admin.get("/api/admin/backups")
                .body()
                .at("/items/0/status")
                .asText()
                .equals("success"));
        talksToAProgram(ada);
        Map<String, Object> work =
                Map.of("lesson_id", "lesson-1", "activity_id", "a1", "code", "print('Take a slice of bread')");
        assertThat(ada.post("/api/python/check", work).body().path("checks").size())
                .isPositive();
        // Somebody guesses a password: three failures, then refusals. Somebody else holds the Run key down.
        for (int i = 0; i < 30; i++) {
            school.anyone().post("/api/auth/login", Map.of("username", "bob.m", "password", "guess " + i));
        }
        // Until a hundred were refused: when a minute begins meanwhile, more are let through.
        int refused = 0;
        for (int i = 0; i < 250 && refused < 100; i++) {
            refused += ada.post("/api/python/run", Map.of("code", "1")).status() == 429 ? 1 : 0;
        }
        assertThat(refused).isEqualTo(100);
    }

    /** Asks its name, and is only answered when Prometheus has seen it run. */
    private static void talksToAProgram(ApiClient pupil) {
        String code = "print('Hello', input('Who are you? '))";
        JsonNode talk = pupil.post(
                        "/api/python/session", Map.of("lesson_id", "lesson-1", "activity_id", "a1", "code", code))
                .body();
        CompletableFuture<String> heard = CompletableFuture.supplyAsync(
                () -> pupil.get(talk.path("events").asText()).raw().body());
        // The runner counts it as a talk, and both it and the gateway an answer that goes on.
        String goesOn = "sum(tlac_python_sessions) == 1"
                + " and count(tlac_http_requests_in_progress{endpoint=\"/api/python/session/{id}/events\"} == 1) == 2";
        TestProcess.await(() -> prometheus.query(goesOn).size() == 1);
        assertThat(pupil.post(talk.path("input").asText(), Map.of("text", "Ada"))
                        .status())
                .isEqualTo(200);
        assertThat(heard.join()).contains("Hello Ada");
        TestProcess.await(
                () -> prometheus.query("sum(tlac_python_sessions) == 0").size() == 1);
    }

    @Test
    @Order(3)
    void serviceThatHangs_isToldToTheWebhook_andSoIsItsReturn() throws Exception {
        Map<String, String> activity = Map.of("job", "activity-service");
        PartProcess.of(school, "activity-service").signal("STOP");
        webhook.await("firing", "ServiceDown", activity);
        // Meanwhile the edge tells what it can, and of whom it cannot.
        JsonNode services = admin.get("/api/admin/metrics").body().path("services");
        assertThat(services)
                .filteredOn(each -> each.path("ready").asInt() == 0)
                .singleElement()
                .satisfies(away -> {
                    assertThat(away.path("name").asText()).isEqualTo("activity-service");
                    assertThat(away.path("replicas").asInt()).isEqualTo(1);
                });
        assertThat(school.anyone().get("/metrics").raw().body())
                .contains("tlac_python_runs_total")
                .doesNotContain("tlac_activity_saves_total{");
        PartProcess.of(school, "activity-service").signal("CONT");
        webhook.await("resolved", "ServiceDown", activity);
        for (String provoked : List.of("PasswordGuessing", "RateLimitingHigh", "LowLoginSuccessRate")) {
            webhook.await("firing", provoked, Map.of());
        }
    }

    @Test
    @Order(4)
    void serviceThatRestarts_isScrapedAgain_withoutMoreSeries() throws Exception {
        String series = "count({job=\"activity-service\", __name__=~\"tlac_.+\"})";
        double before = prometheus.value(series);
        PartProcess.of(school, "activity-service").signal("KILL");
        TestProcess.await(
                () -> prometheus.query("up{job=\"activity-service\"} == 0").size() == 1);
        ApiClient ada = school.anyone().login("ada.l", demoPassword());
        // What fails meanwhile is seen at the edge.
        TestProcess.await(() -> ada.get("/api/activity/state").status() == 503
                || prometheus.query("up{job=\"activity-service\"} == 1").size() == 1);
        TestProcess.await(
                () -> prometheus.query("up{job=\"activity-service\"} == 1").size() == 1);
        TestProcess.awaitAnswer(() -> ada.get("/api/activity/state").status() == 200);
        assertThat(prometheus.value(series)).isLessThanOrEqualTo(before);
    }

    @Test
    @Order(5)
    void databaseThatIsKilled_isCounted_andIsBackByItself() throws Exception {
        ApiClient ada = school.anyone().login("ada.l", demoPassword());
        // It is back within a second, which callers wait for: so it is killed until one of them noticed.
        TestProcess.awaitAnswer(() -> {
            PartProcess.kill(school, Postgres.NAME);
            ada.get("/api/activity/state");
            return prometheus.value("sum(tlac_db_errors_total{error_type=\"connection\"})") > 0;
        });
        TestProcess.awaitAnswer(() -> ada.get("/api/activity/state").status() == 200);
    }

    private static String demoPassword() {
        return new Home(School.ROOT, school.home()).secretText("demo-password");
    }

    @Test
    @Order(6)
    void everyPanel_andEveryVariable_hasData() throws IOException {
        List<String> table =
                new ArrayList<>(List.of("| dashboard | panel | expression | series |", "|---|---|---|---:|"));
        List<String> dead = new ArrayList<>();
        for (Dashboards.Question question : Dashboards.questions(MONITORING.resolve("dashboards"))) {
            int series = prometheus.seriesWithData(question.expression());
            table.add("| %s | %s | `%s` | %d |"
                    .formatted(
                            question.dashboard(),
                            question.panel(),
                            question.expression().replaceAll("\\s+", " ").replace("|", "\\|"),
                            series));
            if (series == 0) {
                dead.add(question.toString());
            }
        }
        assertThat(table).hasSizeGreaterThan(30);
        for (Dashboards.Variable variable : Dashboards.variables(MONITORING.resolve("dashboards"))) {
            assertThat(prometheus.labelValues(variable.selector(), variable.label()))
                    .as(variable.toString())
                    .isNotEmpty();
        }
        report("Panels", table);
        assertThat(dead).isEmpty();
    }

    @Test
    @Order(7)
    void everyRule_isEvaluatedWithoutError_andHasWhatItReads() throws IOException {
        List<String> table = new ArrayList<>(List.of("| rule | selector | series |", "|---|---|---:|"));
        List<String> dead = new ArrayList<>();
        for (JsonNode rule : rules()) {
            assertThat(rule.path("health").asText()).as(rule.toString()).isEqualTo("ok");
            String name = rule.path("name").asText();
            boolean alert = rule.path("type").asText().equals("alerting");
            List<String> read = alert ? Selectors.of(rule.path("query").asText()) : List.of(name);
            for (String selector : read.stream().distinct().toList()) {
                int series = alert ? prometheus.matching(selector) : prometheus.seriesWithData(selector);
                table.add("| %s | `%s` | %d |".formatted(name, selector.replace("|", "\\|"), series));
                if (series == 0 && !ABSENT.containsKey(selector)) {
                    dead.add(name + ": " + selector);
                }
            }
        }
        report("Rules", table);
        assertThat(dead).isEmpty();
        assertThat(prometheus.value("sum(prometheus_rule_evaluation_failures_total)"))
                .isZero();
    }

    private static List<JsonNode> rules() {
        return StreamSupport.stream(prometheus.get("rules").path("groups").spliterator(), false)
                .flatMap(group -> StreamSupport.stream(group.path("rules").spliterator(), false))
                .toList();
    }

    @Test
    @Order(8)
    void everyMetricOfTheCatalogue_isThere_andMovedThatDay() throws IOException {
        List<String> table = new ArrayList<>(List.of("| metric | series | most |", "|---|---:|---:|"));
        List<String> dead = new ArrayList<>();
        for (Metric metric : Catalogue.all()) {
            String name = metric.kind() == Metric.Kind.HISTOGRAM ? metric.name() + "_count" : metric.name();
            for (ServiceName owner : metric.owners()) {
                assertThat(prometheus.matching("%s{job=\"%s\"}".formatted(name, owner.id())))
                        .as(name + " of " + owner.id())
                        .isPositive();
            }
            double most = prometheus.value("max(max_over_time(" + name + "[1h]))");
            table.add("| %s | %d | %s |".formatted(name, prometheus.matching(name), most));
            if (most == 0 && metric.kind() != Metric.Kind.GAUGE && !STILL.containsKey(metric.name())) {
                dead.add(name);
            }
        }
        report("Metrics", table);
        assertThat(dead).isEmpty();
    }

    @Test
    @Order(9)
    void endpoints_areTemplates_andNoLabelIsRenamed() {
        assertThat(prometheus.get("labels"))
                .extracting(JsonNode::asText)
                .contains("job", "endpoint")
                .noneMatch(label -> label.startsWith("exported_"));
        for (String job : List.of("gateway", "activity-service")) {
            assertThat(prometheus.value(
                            "sum(max_over_time(tlac_http_requests_total{job=\"%s\", method=\"POST\", status=\"200\", endpoint=\"%s\"}[1h]))"
                                    .formatted(job, "/api/activity/state/{lesson_id}/{activity_id}")))
                    .isPositive();
        }
        assertThat(prometheus.labelValues("tlac_http_requests_total", "endpoint"))
                .extracting(JsonNode::asText)
                .allMatch(endpoint -> endpoint.equals("unmatched") || endpoint.startsWith("/"))
                .noneMatch(endpoint -> endpoint.matches(".*(lesson-[0-9]|/a[0-9]|[0-9]{3}).*"));
    }

    /** Whoever reads the JSON and whoever reads Prometheus are told the same. */
    @Test
    @Order(10)
    void adminsNumbers_arePrometheuss() {
        Map<String, String> same = Map.ofEntries(
                Map.entry("/python_runner/total_runs", "sum(tlac_python_runs_total)"),
                Map.entry("/python_runner/successful_runs", "sum(tlac_python_runs_total{status=\"success\"})"),
                Map.entry("/python_runner/error_runs", "sum(tlac_python_runs_total{status=\"error\"})"),
                Map.entry("/python_runner/timeout_runs", "sum(tlac_python_runs_total{status=\"timeout\"})"),
                Map.entry("/authentication/total_login_attempts", "sum(tlac_auth_login_attempts_total)"),
                Map.entry("/authentication/failed_logins", "sum(tlac_auth_login_attempts_total{status=\"failed\"})"),
                Map.entry(
                        "/authentication/rate_limited_logins",
                        "sum(tlac_auth_login_attempts_total{status=\"rate_limited\"})"),
                Map.entry("/summary/active_sessions", "max(tlac_auth_sessions_active)"),
                Map.entry("/activity/total_saves", "sum(tlac_activity_saves_total)"),
                Map.entry("/activity/rate_limit_violations", "sum(tlac_rate_limit_exceeded_total)"),
                Map.entry("/system/total_errors", "sum(tlac_errors_total)"));
        // Prometheus learns of the last deed at its next scrape, and sessions are counted every few seconds.
        TestProcess.await(() -> differences(same).isEmpty());
        // Nobody else asks. What the gateway knows of the services it remembers for a second; a reading counts in the
        // next.
        double last = Instant.now().toEpochMilli() / 1e3;
        TestProcess.await(() -> prometheus.value("timestamp(up{job=\"gateway\"})") > last + 2);
        double scraped = prometheus.value("sum(tlac_http_requests_total{job=\"gateway\"})");
        JsonNode numbers = admin.get("/api/admin/metrics").body();
        assertThat(numbers.at("/http/total_requests").asDouble()).isEqualTo(scraped);
        assertThat(numbers.at("/http/error_requests").asDouble())
                .isEqualTo(prometheus.value("sum(tlac_http_requests_total{job=\"gateway\", status=~\"[45]..\"})"));
    }

    /** What people see is what Prometheus has; readable without a mouse, without eyes, and on a telephone. */
    @Test
    @Order(11)
    void adminsPage_showsTheSame_andTheAlerts() {
        try (Chromium chromium = Chromium.open()) {
            chromium.page().navigate(school.url() + "/admin-metrics.html");
            chromium.signIn("demo-admin", demoPassword());
            MetricsPage page = new MetricsPage(chromium.page());
            page.shows("Runs", prometheus.value("sum(tlac_python_runs_total)"));
            page.shows("Timed out", prometheus.value("sum(tlac_python_runs_total{status=\"timeout\"})"));
            page.shows("Held back", prometheus.value("sum(tlac_auth_login_attempts_total{status=\"rate_limited\"})"));
            page.shows("Saves", prometheus.value("sum(tlac_activity_saves_total)"));
            page.shows("Over the rate limit", prometheus.value("sum(tlac_rate_limit_exceeded_total)"));
            page.showsServicesReady();
            page.showsAlert("PasswordGuessing");
            page.isAccessible();
            underLoad(() -> page.picture(School.ROOT.resolve("target/admin-metrics.png")));
            page.fitsTelephone();
            assertThat(chromium.complaints()).isEmpty();
        }
    }

    /** A lesson goes on meanwhile. */
    private static void underLoad(Runnable meanwhile) {
        List<ApiClient> pupils = Stream.of("cleo.n", "dan.o", "eve.p")
                .map(name -> school.anyone().login(name, demoPassword()))
                .toList();
        Map<String, Object> work = Map.of("lesson_id", "lesson-1", "activity_id", "a1", "code", "print('Hello')");
        ScheduledExecutorService lesson = Executors.newSingleThreadScheduledExecutor();
        try {
            Runnable saveAndRun = () -> pupils.forEach(pupil -> {
                pupil.post("/api/activity/state/lesson-1/a1", Map.of("state", work));
                pupil.post("/api/python/run", work);
            });
            ScheduledFuture<?> going = lesson.scheduleAtFixedRate(saveAndRun, 0, 2, TimeUnit.SECONDS);
            meanwhile.run();
            // A failure would have ended it.
            assertThat(going.isDone()).isFalse();
        } finally {
            lesson.shutdownNow();
        }
    }

    private static Map<String, String> differences(Map<String, String> same) {
        JsonNode numbers = admin.get("/api/admin/metrics").body();
        Map<String, String> different = new TreeMap<>();
        same.forEach((key, expression) -> {
            double expected = prometheus.value(expression);
            if (numbers.at(key).asDouble(-1) != expected) {
                different.put(key, numbers.at(key) + " is not " + expected);
            }
        });
        return different;
    }

    @Test
    @Order(12)
    void everyQueryOfTheGuides_isAnswered_andTheirCommandsRun() throws Exception {
        int queries = 0;
        for (Guide guide : Guide.all()) {
            for (String query : guide.queries()) {
                prometheus.query(query);
                queries++;
            }
            for (String block : guide.liveCommands()) {
                guide.run(block, school);
            }
        }
        assertThat(queries).isGreaterThan(5);
    }

    /** Whatever clients think of, on every listener: not one series more. */
    @Test
    @Order(13)
    void threeThousandPaths_andAMethodOfTheirOwn_addNoSeries() throws Exception {
        try (HttpClient http = HttpClient.newBuilder()
                .sslContext(ApiClient.trusting(school.authority()))
                .build()) {
            Map<ServiceName, URI> listeners = new TreeMap<>();
            listeners.put(ServiceName.GATEWAY, URI.create(school.url()));
            for (ServiceName owner :
                    List.of(ServiceName.AUTH, ServiceName.ACTIVITY, ServiceName.RUNNER, ServiceName.BACKUP)) {
                listeners.put(owner, URI.create("http://127.0.0.1:" + (school.managementPort(owner) - 1000)));
            }
            for (Map.Entry<ServiceName, URI> listener : listeners.entrySet()) {
                // Once each kind of path with each method: these may have series, if few.
                HostilePaths.ask(http, listener.getValue(), 0, 150);
                int before = school.scrape(listener.getKey()).series().size();
                HostilePaths.ask(http, listener.getValue(), 150, 3150);
                assertThat(school.scrape(listener.getKey()).series())
                        .as(listener.getKey().id())
                        .hasSize(before);
            }
        }
    }

    @Test
    @Order(14)
    void gatewayWithoutDescriptors_isToldToTheWebhook_andGoesOnWhenThereAreSome() throws Exception {
        PartProcess gateway = PartProcess.of(school, "gateway");
        gateway.withoutDescriptors(() -> webhook.await("firing", "GatewayUnreachable", Map.of()));
        webhook.await("resolved", "GatewayUnreachable", Map.of());
        assertThat(school.anyone().get("/api/health").raw().statusCode()).isEqualTo(200);
        assertThat(PartProcess.of(school, "gateway").pid())
                .as("no restart was needed")
                .isEqualTo(gateway.pid());
    }

    /** The first time it is sent nobody listens yet, and Prometheus sends it again after a minute: that is over by now. */
    @Test
    @Order(15)
    void watchdog_isHeard() {
        webhook.await("firing", "Watchdog", Map.of());
    }

    @Test
    @Order(16)
    void monitoring_stops_andLeavesNothing() throws Exception {
        monitor.terminate();
        monitor.awaitExit();
        monitor.awaitNothingLeft();
        assertThat(monitor.lines()).contains("Monitoring is stopped.");
    }

    private static void report(String title, List<String> table) throws IOException {
        Path report = School.ROOT.resolve("target/live-monitoring.md");
        Files.createDirectories(report.getParent());
        String text = "## " + title + "\n\n" + String.join("\n", table) + "\n\n";
        if (title.equals("Panels")) {
            Files.deleteIfExists(report);
        }
        Files.writeString(
                report, text, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND);
    }
}
