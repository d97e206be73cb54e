package org.tlac.launcher.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.tlac.launcher.home.Console;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.Pause;
import org.tlac.launcher.home.Settings;
import org.tlac.launcher.home.UserError;

/** A small school day against the running system, so that there is something to see: a class, sign-ins, saves, runs, marks, a backup. */
public final class Demo {

    private static final String ADMIN = "demo-admin";
    private static final List<String> PUPILS = List.of("ada.l", "bob.m", "cleo.n", "dan.o", "eve.p");
    private static final List<String> PROGRAMS = List.of(
            "print('Hello')",
            "for i in range(3):\n    print(i * i)",
            "print(1 / 0)",
            "name = input()\nprint('Hello', name)",
            "while True: pass");
    private static final Duration PROOF = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofMillis(500);

    private final Home home;
    private final Console console;
    private final String url;

    public Demo(Home home, Settings settings, Console console) {
        this.home = home;
        this.console = console;
        this.url = settings.url();
    }

    public void play() {
        ApiClient anyone = ApiClient.connect(url, home.tls().resolve("ca.crt"));
        String password = home.secretText("demo-password");
        int bootstrap = anyone.post(
                        "/api/admin/bootstrap", Map.of("username", ADMIN, "name", "Demo Admin", "password", password))
                .status();
        console.step(bootstrap == 200 ? "Made the first admin, " + ADMIN : "There is an admin already");
        ApiClient admin = anyone.login(ADMIN, password);
        if (!admin.isSignedIn()) {
            throw new UserError(
                    "The demo needs its own first admin, but this TLAC has another one. Try it in a new folder: "
                            + "TLAC_HOME=/tmp/tlac-demo TLAC_PORT_OFFSET=100 ./tlac up");
        }
        createUser(admin, "demo-teacher", "teacher", password);
        PUPILS.forEach(pupil -> createUser(admin, pupil, "pupil", password));
        anyone.login(PUPILS.getFirst(), "not the password");
        for (int i = 0; i < PUPILS.size(); i++) {
            lesson(anyone.login(PUPILS.get(i), password), PUPILS.get(i), PROGRAMS.get(i));
        }
        marks(anyone.login("demo-teacher", password));
        backup(admin);
        JsonNode numbers = admin.get("/api/admin/metrics").body();
        console.say("The admin's numbers now (" + url + "/admin-metrics.html, user " + ADMIN + ", password in "
                + home.secret("demo-password") + "):\n" + numbers.toPrettyString());
    }

    private void createUser(ApiClient admin, String username, String role, String password) {
        int status = admin.post(
                        "/api/admin/users",
                        Map.of("username", username, "name", username, "role", role, "password", password))
                .status();
        console.step(username + (status == 409 ? " is there already" : " was created: " + status));
    }

    private void lesson(ApiClient pupil, String name, String program) {
        int saved = pupil.post("/api/activity/state/lesson-1/a1", Map.of("state", Map.of("code", program)))
                .status();
        ApiClient.Answer run = pupil.post(
                "/api/python/run",
                Map.of("lesson_id", "lesson-1", "activity_id", "a1", "code", program, "stdin", name + "\n"));
        console.step("%s saved (%d) and ran a program: %s"
                .formatted(
                        name,
                        saved,
                        run.body().path("stdout").asText().strip().replace('\n', ' ')
                                + lastLine(run.body().path("stderr").asText())));
    }

    private void marks(ApiClient teacher) {
        String pupil = PUPILS.getFirst();
        int whole = teacher.post(
                        "/api/teacher/mark",
                        Map.of("username", pupil, "lesson_id", "lesson-1", "activity_id", "a1", "status", "complete"))
                .status();
        Map<String, Object> answer = Map.of(
                "username", pupil, "lesson_id", "lesson-1", "activity_id", "a1", "question_id", "q1", "correct", true);
        console.step("The teacher marked %s's work (%d) and an answer in it (%d)"
                .formatted(
                        pupil,
                        whole,
                        teacher.post("/api/teacher/answer-mark", answer).status()));
    }

    private static String lastLine(String text) {
        return text.isBlank() ? "" : " " + text.strip().substring(text.strip().lastIndexOf('\n') + 1);
    }

    /** Waits for its proof by restore, so that the numbers afterwards tell of it. */
    private void backup(ApiClient admin) {
        ApiClient.Answer begun = admin.post("/api/admin/backups", Map.of());
        console.step("A backup was asked for: " + begun.status());
        if (begun.status() != 202) {
            return;
        }
        JsonNode backup = begun.body();
        long deadline = System.nanoTime() + PROOF.toNanos();
        while (!isSettled(backup) && System.nanoTime() < deadline) {
            Pause.of(POLL);
            backup = admin.get("/api/admin/backups/" + backup.path("id").asLong())
                    .body();
        }
        console.step(
                backup.hasNonNull("verified_at")
                        ? "It was taken, and proven by restoring it"
                        : "It is not proven: " + backup.path("error").asText("it still runs"));
    }

    private static boolean isSettled(JsonNode backup) {
        return backup.hasNonNull("verified_at") || backup.hasNonNull("error");
    }
}
