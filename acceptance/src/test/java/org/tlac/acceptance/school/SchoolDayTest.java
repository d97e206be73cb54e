package org.tlac.acceptance.school;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.tlac.acceptance.pages.Chromium;
import org.tlac.launcher.School;
import org.tlac.launcher.TestProcess;
import org.tlac.launcher.client.ApiClient;
import org.tlac.launcher.postgres.Postgres;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Metric;
import org.tlac.platform.metrics.ServiceName;
import org.tlac.platform.testing.Scrape;

/** A school day on the real thing: every service, PostgreSQL, the sandbox, pg_dump, a browser. In the order of a day. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SchoolDayTest {

    private static final String PASSWORD = "choose a long one";
    private static final String STATE = "/api/activity/state/lesson-1/a1";
    private static School school;
    private static ApiClient admin;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private static Path folder;

    @BeforeAll
    static void open() {
        school = School.start(folder.resolve("home"));
    }

    @AfterAll
    static void close() {
        school.close();
    }

    private static ApiClient pupil() {
        return school.anyone().login("ada.l", PASSWORD);
    }

    private static ApiClient.Answer run(ApiClient who, String code) {
        return who.post("/api/python/run", Map.of("lesson_id", "lesson-1", "activity_id", "a1", "code", code));
    }

    /** The README's commands as they stand there, but for folder and port. */
    @Test
    @Order(1)
    void commandsOfTheReadme_work() throws Exception {
        String readme = Files.readString(School.ROOT.resolve("README.md"));
        Matcher block = Pattern.compile("```bash\\n(.*?)```", Pattern.DOTALL).matcher(readme);
        List<String> curls = new ArrayList<>();
        while (block.find()) {
            if (block.group(1).startsWith("curl")) {
                curls.add(block.group(1)
                        .replace(".tlac/", school.home() + "/")
                        .replace("8443", Integer.toString(school.httpsPort())));
            }
        }
        assertThat(curls).hasSize(2);
        assertThat(bash(curls.get(0))).startsWith("{\"ok\":true,\"user\":{").contains("\"role\":\"admin\"");
        assertThat(bash(curls.get(0))).isEqualTo("{\"detail\":\"Admin already exists.\"}");
        assertThat(bash(curls.get(1))).contains("# TYPE tlac_http_requests_total counter");
        for (String command : List.of("up", "test", "monitor", "status", "down", "logs", "demo", "doctor", "--help")) {
            assertThat(readme).contains(command);
            assertThat(bash(School.ROOT + "/tlac --help"))
                    .contains(command.equals("--help") ? "./tlac up" : "./tlac " + command);
        }
    }

    private static String bash(String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("bash", "-c", command.replace("curl ", "curl -sS ")).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    @Test
    @Order(2)
    void class_isMade_andSignsIn() {
        Scrape before = school.scrape(ServiceName.AUTH);
        admin = school.anyone().login("admin", PASSWORD);
        assertThat(admin.isSignedIn()).isTrue();
        for (String name : List.of("ada.l", "bob.m", "cleo.n")) {
            assertThat(create(name, "pupil").status()).isEqualTo(200);
        }
        assertThat(create("teacher", "teacher").status()).isEqualTo(200);
        assertThat(create("ada.l", "pupil").status()).isEqualTo(409);
        assertThat(create("Ada Lovelace", "pupil").status()).isEqualTo(400);
        for (String name : List.of("ada.l", "bob.m", "cleo.n", "teacher")) {
            ApiClient signedIn = school.anyone().login(name, PASSWORD);
            JsonNode me = signedIn.get("/api/auth/me").body();
            assertThat(me.at("/user/username").asText()).isEqualTo(name);
        }
        // Read from the database, every few seconds at most.
        TestProcess.await(() -> school.scrape(ServiceName.AUTH).since(before, "tlac_auth_sessions_active") == 5);
        Scrape after = school.scrape(ServiceName.AUTH);
        assertThat(after.since(before, "tlac_auth_login_attempts_total", "status", "success"))
                .isEqualTo(5);
        assertThat(after.since(before, "tlac_admin_user_operations_total", "operation", "create"))
                .isEqualTo(4);
        assertThat(after.since(before, "tlac_audit_entries_total", "action", "login"))
                .isEqualTo(5);
        assertThat(pupil().get("/api/admin/users").status()).isEqualTo(403);
    }

    private static ApiClient.Answer create(String username, String role) {
        return admin.post(
                "/api/admin/users", Map.of("username", username, "name", username, "role", role, "password", PASSWORD));
    }

    @Test
    @Order(3)
    void wrongPasswords_lockTheAccount_forAWhile() {
        Scrape before = school.scrape(ServiceName.AUTH);
        for (int i = 0; i < 3; i++) {
            assertThat(attempt("cleo.n", "wrong").status()).isEqualTo(401);
        }
        ApiClient.Answer locked = attempt("cleo.n", PASSWORD);
        assertThat(locked.status()).isEqualTo(429);
        assertThat(locked.body().path("detail").asText()).isEqualTo("Too many attempts. Try again shortly.");
        assertThat(locked.raw().headers().firstValueAsLong("Retry-After").orElseThrow())
                .isBetween(1L, 30L);
        assertThat(pupil().isSignedIn()).isTrue();
        Scrape after = school.scrape(ServiceName.AUTH);
        assertThat(after.since(before, "tlac_auth_login_attempts_total", "status", "failed"))
                .isEqualTo(3);
        assertThat(after.since(before, "tlac_auth_login_attempts_total", "status", "rate_limited"))
                .isEqualTo(1);
        assertThat(after.since(before, "tlac_rate_limit_exceeded_total", "limit_type", "login"))
                .isEqualTo(1);
    }

    private static ApiClient.Answer attempt(String username, String password) {
        return school.anyone().post("/api/auth/login", Map.of("username", username, "password", password));
    }

    @Test
    @Order(4)
    void work_isSavedWithItsHistory() {
        Scrape before = school.scrape(ServiceName.ACTIVITY);
        ApiClient ada = pupil();
        JsonNode first =
                ada.post(STATE, Map.of("state", Map.of("code", "print(1)"))).body();
        JsonNode second =
                ada.post(STATE, Map.of("state", Map.of("code", "print(2)"))).body();
        assertThat(second.path("revision_id").asLong())
                .isGreaterThan(first.path("revision_id").asLong());
        assertThat(ada.get(STATE).body().at("/state/code").asText()).isEqualTo("print(2)");
        assertThat(ada.get("/api/activity/state").body().path("items")).hasSize(1);
        ApiClient bob = school.anyone().login("bob.m", PASSWORD);
        assertThat(bob.get(STATE).body().path("state").isNull()).isTrue();
        ApiClient teacher = school.anyone().login("teacher", PASSWORD);
        JsonNode revisions = teacher.get("/api/teacher/revisions?username=ada.l&lesson_id=lesson-1&activity_id=a1")
                .body();
        assertThat(revisions.path("items")).hasSize(2);
        assertThat(teacher.post(
                                "/api/teacher/mark",
                                Map.of(
                                        "username",
                                        "ada.l",
                                        "lesson_id",
                                        "lesson-1",
                                        "activity_id",
                                        "a1",
                                        "status",
                                        "complete"))
                        .status())
                .isEqualTo(200);
        Scrape after = school.scrape(ServiceName.ACTIVITY);
        assertThat(after.since(before, "tlac_activity_saves_total", "lesson_id", "lesson-1"))
                .isEqualTo(2);
        assertThat(after.since(before, "tlac_activity_save_duration_seconds_count"))
                .isEqualTo(2);
        assertThat(after.since(before, "tlac_teacher_marks_total", "kind", "activity"))
                .isEqualTo(1);
        assertThat(after.since(before, "tlac_activity_completions_total")).isEqualTo(1);
    }

    @Test
    @Order(5)
    void programs_runInTheSandbox() {
        Scrape before = school.scrape(ServiceName.RUNNER);
        ApiClient ada = pupil();
        JsonNode hello = run(ada, "print('Hello')").body();
        assertThat(hello.path("ok").asBoolean()).isTrue();
        assertThat(hello.path("stdout").asText()).isEqualTo("Hello\n");
        JsonNode wrong = run(ada, "print(1 / 0)").body();
        assertThat(wrong.path("exit_code").asInt()).isEqualTo(1);
        assertThat(wrong.path("stderr").asText()).contains("File \"main.py\", line 1", "ZeroDivisionError");
        JsonNode endless = run(ada, "while True: pass").body();
        assertThat(endless.path("timed_out").asBoolean()).isTrue();
        JsonNode spy = run(ada, "import os\nprint(os.listdir('/'), open('/etc/passwd').read())")
                .body();
        assertThat(spy.path("stderr").asText()).contains("FileNotFoundError");
        assertThat(run(ada, " ").body().path("detail").asText()).isEqualTo("Code is required.");
        Scrape after = school.scrape(ServiceName.RUNNER);
        assertThat(after.since(before, "tlac_python_runs_total", "status", "success"))
                .isEqualTo(1);
        assertThat(after.since(before, "tlac_python_runs_total", "status", "error"))
                .isEqualTo(2);
        assertThat(after.since(before, "tlac_python_runs_total", "status", "timeout"))
                .isEqualTo(1);
        assertThat(after.since(before, "tlac_python_run_duration_seconds_count"))
                .isEqualTo(4);
        assertThat(after.value("tlac_python_isolation", "level", "full")).isEqualTo(1);
        assertThat(after.value("tlac_python_slots", "state", "busy")).isZero();
    }

    @Test
    @Order(6)
    void backup_isTakenAndProven() {
        Scrape before = school.scrape(ServiceName.BACKUP);
        ApiClient.Answer started = admin.post("/api/admin/backups", Map.of());
        assertThat(started.status()).isEqualTo(202);
        String one = "/api/admin/backups/" + started.body().path("id").asText();
        TestProcess.awaitAnswer(
                () -> !admin.get(one).body().path("status").asText().equals("running"));
        JsonNode backup = admin.get(one).body();
        assertThat(backup.path("status").asText()).as(backup.toString()).isEqualTo("success");
        assertThat(backup.path("verified_at").isNull()).isFalse();
        assertThat(admin.get("/api/admin/backups").body().path("items")).hasSize(1);
        TestProcess.await(
                () -> school.scrape(ServiceName.BACKUP).value("tlac_backup_size_bytes", "backup_type", "database") > 0);
        Scrape after = school.scrape(ServiceName.BACKUP);
        assertThat(after.since(before, "tlac_backup_runs_total", "status", "success"))
                .isEqualTo(1);
        assertThat(after.since(before, "tlac_backup_duration_seconds_count")).isEqualTo(1);
        assertThat(after.value("tlac_backup_size_bytes", "backup_type", "database"))
                .isPositive();
        assertThat(after.value("tlac_backup_last_success_timestamp")).isGreaterThan(1.7e9);
    }

    /** Both ways: what is declared is there with its type, labels and buckets, and nothing is there that is not declared. */
    @Test
    @Order(7)
    void catalogueAndLiveScrape_areTheSame() {
        school.scrapeAll().forEach((owner, scrape) -> {
            Map<String, String> live = new HashMap<>(scrape.types());
            live.keySet().removeIf(name -> !name.startsWith("tlac_"));
            Map<String, String> declared = Catalogue.ownedBy(owner).stream()
                    .collect(Collectors.toMap(
                            Metric::name, metric -> metric.kind().name().toLowerCase(java.util.Locale.ROOT)));
            assertThat(live).as(owner.id()).isEqualTo(declared);
            Catalogue.ownedBy(owner).forEach(metric -> assertForm(owner, metric, scrape));
        });
    }

    private static void assertForm(ServiceName owner, Metric metric, Scrape scrape) {
        String name = metric.kind() == Metric.Kind.HISTOGRAM ? metric.name() + "_bucket" : metric.name();
        Set<String> bounds = new TreeSet<>();
        for (Scrape.Series series : scrape.series()) {
            if (series.name().equals(name)) {
                Set<String> labels = new TreeSet<>(series.labels().keySet());
                if (labels.remove("le")) {
                    bounds.add(series.labels().get("le"));
                }
                assertThat(labels)
                        .as(owner.id() + " " + series)
                        .containsExactlyInAnyOrderElementsOf(metric.labelNames());
            }
        }
        if (metric.kind() == Metric.Kind.HISTOGRAM) {
            Set<String> expected =
                    metric.buckets().stream().map(String::valueOf).collect(Collectors.toCollection(TreeSet::new));
            expected.add("+Inf");
            assertThat(bounds).as(owner.id() + " " + metric.name()).isEqualTo(expected);
        }
    }

    @Test
    @Order(8)
    void promtool_hasNothingToSay() throws Exception {
        Assumptions.assumeTrue(
                new ProcessBuilder("sh", "-c", "command -v promtool").start().waitFor() == 0,
                "promtool is not installed");
        List<String> texts = new ArrayList<>();
        texts.add(school.anyone().get("/metrics").raw().body());
        for (ServiceName owner : ServiceName.values()) {
            texts.add(bash("curl http://127.0.0.1:" + school.managementPort(owner) + "/metrics"));
        }
        for (String text : texts) {
            assertThat(text).contains("tlac_");
            Process promtool = new ProcessBuilder("promtool", "check", "metrics")
                    .redirectErrorStream(true)
                    .start();
            promtool.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            promtool.getOutputStream().close();
            String complaints = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            promtool.waitFor();
            assertThat(complaints.lines().filter(line -> line.contains("tlac_")))
                    .isEmpty();
        }
    }

    @Test
    @Order(9)
    void adminsNumbers_agreeWithTheScrapes() {
        JsonNode numbers = admin.get("/api/admin/metrics").body();
        Scrape runner = school.scrape(ServiceName.RUNNER);
        assertThat(numbers.at("/python_runner/total_runs").asDouble()).isEqualTo(runner.sum("tlac_python_runs_total"));
        Scrape auth = school.scrape(ServiceName.AUTH);
        assertThat(numbers.at("/authentication/failed_logins").asDouble())
                .isEqualTo(auth.value("tlac_auth_login_attempts_total", "status", "failed"));
        assertThat(numbers.at("/summary/total_users").asInt()).isEqualTo(5);
        assertThat(numbers.at("/services").findValuesAsText("ready"))
                .containsOnly("1")
                .hasSize(5);
        JsonNode counts = admin.get("/api/metrics").body();
        assertThat(counts.at("/users_active/pupil").asInt()).isEqualTo(3);
        assertThat(counts.path("activity_revisions").asInt()).isEqualTo(2);
        assertThat(counts.path("audit_logs").asInt()).isPositive();
    }

    @Test
    @Order(10)
    void pages_workInABrowser() {
        try (Chromium chromium = Chromium.open()) {
            adminReadsTheNumbers(chromium);
            chromium.forgetCookies();
            pupilRunsAProgram(chromium);
            assertThat(chromium.complaints()).isEmpty();
        }
    }

    private static void adminReadsTheNumbers(Chromium chromium) {
        Page page = chromium.page();
        page.navigate(school.url() + "/admin-metrics.html");
        assertThat(page.url()).contains("/login.html?next=%2Fadmin-metrics.html");
        chromium.signIn("admin", PASSWORD);
        page.waitForURL("**/admin-metrics.html");
        PlaywrightAssertions.assertThat(
                        page.locator("#services tr", new Page.LocatorOptions().setHasText("Runner service")))
                .containsText("1 of 1");
        PlaywrightAssertions.assertThat(page.locator("#alert-state")).containsText("not reachable");
        PlaywrightAssertions.assertThat(page.locator("#totals")).containsText("5");
        PlaywrightAssertions.assertThat(page.locator("#charts canvas").first()).isVisible();
    }

    private static void pupilRunsAProgram(Chromium chromium) {
        chromium.page().navigate(school.url() + "/login.html");
        chromium.signIn("ada.l", PASSWORD);
        PlaywrightAssertions.assertThat(chromium.page().locator("main")).containsText("Lesson");
    }

    @Test
    @Order(11)
    void serviceKilled_is503WithRetryAfter_andBackWithoutARestartOfOthers() throws Exception {
        ApiClient ada = pupil();
        kill("activity-service");
        TestProcess.await(() -> {
            ApiClient.Answer answer = ada.get(STATE);
            if (answer.status() == 503) {
                assertThat(answer.raw().headers().firstValue("Retry-After")).isPresent();
                assertThat(answer.body().path("detail").asText()).contains("activity service is away");
            }
            return answer.status() == 503;
        });
        assertThat(run(ada, "print('still here')").body().path("stdout").asText())
                .isEqualTo("still here\n");
        TestProcess.awaitAnswer(() -> ada.get(STATE).status() == 200);
        assertThat(ada.get(STATE).body().at("/state/code").asText()).isEqualTo("print(2)");
    }

    @Test
    @Order(12)
    void databaseThatHangs_isDegraded_andOneThatIsKilledComesBackByItself() throws Exception {
        ApiClient ada = pupil();
        ApiClient anyone = school.anyone();
        signal("STOP", Postgres.NAME);
        TestProcess.awaitAnswer(
                () -> anyone.get("/api/health").body().path("status").asText().equals("degraded"));
        assertThat(anyone.get("/api/health").body().path("db_ok").asBoolean()).isFalse();
        ApiClient.Answer refused = ada.get("/api/activity/state");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.raw().headers().firstValue("Retry-After")).isPresent();
        signal("CONT", Postgres.NAME);
        TestProcess.awaitAnswer(() -> ada.get(STATE).status() == 200);
        kill(Postgres.NAME);
        TestProcess.awaitAnswer(() ->
                ada.post(STATE, Map.of("state", Map.of("code", "print(3)"))).status() == 200);
        TestProcess.awaitAnswer(
                () -> anyone.get("/api/health").body().path("status").asText().equals("ok"));
    }

    private static void signal(String signal, String name) throws IOException, InterruptedException {
        for (ProcessHandle process : processes(name)) {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        }
    }

    private static List<ProcessHandle> processes(String name) throws IOException {
        ProcessHandle process = ProcessHandle.of(
                        Long.parseLong(Files.readString(school.pidFile(name)).strip()))
                .orElseThrow();
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process);
        return all;
    }

    private static void kill(String name) throws IOException {
        processes(name).forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    @Order(13)
    void logs_areJson_withoutSecrets_andFollowARequestThroughServices() throws Exception {
        String requestId =
                pupil().get(STATE).raw().headers().firstValue("X-Request-Id").orElseThrow();
        for (String name : List.of("gateway", "activity-service")) {
            Path log = school.home().resolve("logs").resolve(name + ".log");
            // A call is logged when it is over, which its client may learn a moment earlier.
            TestProcess.await(() -> read(log).contains("\"request_id\":\"" + requestId + "\""));
            assertThat(read(log).lines()).allMatch(line -> line.startsWith("{\"timestamp\":"));
        }
        for (Path log : filesOf("logs")) {
            String text = Files.readString(log);
            assertThat(text).doesNotContain(PASSWORD).doesNotContain("tlac_session=");
            for (Path secret : filesOf("secrets")) {
                assertThat(text)
                        .as(log + " and " + secret)
                        .doesNotContain(Files.readString(secret).strip());
            }
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> filesOf(String folder) throws IOException {
        try (Stream<Path> files = Files.list(school.home().resolve(folder))) {
            return files.toList();
        }
    }

    @Test
    @Order(14)
    void everythingStops_andDataIsThereAfterARestart() throws Exception {
        ApiClient before = pupil();
        school.stop();
        school = School.start(school.home());
        assertThat(school.anyone()
                        .login("ada.l", PASSWORD)
                        .get(STATE)
                        .body()
                        .at("/state/code")
                        .asText())
                .isEqualTo("print(3)");
        assertThat(before.get("/api/auth/me").status()).isEqualTo(200);
        admin = school.anyone().login("admin", PASSWORD);
        assertThat(admin.get("/api/admin/backups").body().path("items")).hasSize(1);
        assertThat(school.scrape(ServiceName.BACKUP).value("tlac_backup_last_success_timestamp"))
                .isGreaterThan(1.7e9);
        assertThat(school.anyone()
                        .post("/api/admin/bootstrap", Map.of("username", "x", "name", "x", "password", PASSWORD))
                        .status())
                .isEqualTo(403);
        assertThat(before.post("/api/auth/logout", Map.of()).status()).isEqualTo(200);
        assertThat(before.get("/api/auth/me").status()).isEqualTo(401);
    }
}
