package org.tlac.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.auth.RunningService.Answer;
import org.tlac.auth.RunningService.SignedIn;
import org.tlac.platform.testing.Scrape;

class UserServerTest {

    private static final String USERS = "/api/admin/users";

    private static RunningService service;
    private static SignedIn admin;
    private static SignedIn teacher;
    private static SignedIn pupil;

    @BeforeAll
    static void start() {
        service = RunningService.shared();
        admin = service.admin();
        teacher = service.signIn(service.user("teacher"), RunningService.PASSWORD);
        pupil = service.signIn(service.user("pupil"), RunningService.PASSWORD);
    }

    private static Map<String, Object> wanted(String username) {
        return new HashMap<>(Map.of("username", username, "name", "Someone", "password", "correct horse"));
    }

    private static List<String> usernames(Answer answer) {
        assertThat(answer.status()).isEqualTo(200);
        return StreamSupport.stream(answer.json().required("items").spliterator(), false)
                .map(user -> user.required("username").asText())
                .toList();
    }

    @Test
    void createdUser_canSignIn() {
        String username = RunningService.newName();
        Map<String, Object> body = wanted("  " + username.toUpperCase(java.util.Locale.ROOT));
        body.put("name", " Žofia \u5B57 ");
        body.put("role", "pupil");
        body.put("cohort_year", 2026);
        body.put("teacher_notes", "sits in front");
        Scrape before = service.scrape();

        Answer answer = service.post(USERS, admin, body);
        assertThat(answer.status()).isEqualTo(200);
        JsonNode user = answer.json().required("user");
        assertThat(answer.json().path("ok").asBoolean()).isTrue();
        assertThat(user.toString())
                .isEqualTo("{\"id\":" + user.path("id") + ",\"username\":\"" + username
                        + "\",\"name\":\"Žofia \u5B57\",\"role\":\"pupil\",\"cohort_year\":2026}");
        assertThat(service.signIn(username, "correct horse").user()).isEqualTo(user);
        assertThat(service.text("select teacher_notes from auth.users where username = ?", username))
                .isEqualTo("sits in front");
        assertThat(service.text("select password_hash from auth.users where username = ?", username))
                .startsWith("$argon2id$v=19$m=65536,t=2,p=1$");
        assertThat(service.text(
                        "select concat_ws(' ', actor_username, metadata) from audit.audit_logs "
                                + "where action = 'create_user' and target_username = ?",
                        username))
                .isEqualTo(RunningService.ADMIN + " {\"role\": \"pupil\"}");
        Scrape after = service.scrape();
        assertThat(after.since(before, "tlac_admin_user_operations_total", "operation", "create"))
                .isEqualTo(1);
        assertThat(after.since(before, "tlac_audit_entries_total", "action", "create_user"))
                .isEqualTo(1);
    }

    @Test
    void withoutRole_itIsAPupil_withoutCohort_ithasNone() {
        Answer answer = service.post(USERS, admin, wanted(RunningService.newName()));
        assertThat(answer.json().path("user").path("role").asText()).isEqualTo("pupil");
        assertThat(answer.json().path("user").path("cohort_year").isNull()).isTrue();
    }

    @Test
    void pupilsNameWithAnApostrophe_works() {
        String username = "o'" + RunningService.newName();
        assertThat(service.post(USERS, admin, wanted(username)).status()).isEqualTo(200);
        assertThat(service.login(username, "correct horse").status()).isEqualTo(200);
    }

    @Test
    void takenUsername_is409_evenForManyAtOnce_andNoErrorOfTheDatabase() throws Exception {
        String username = RunningService.newName();
        Scrape before = service.scrape();
        var answers = Together.run(6, i -> service.post(USERS, admin, wanted(username)));
        assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(1);
        assertThat(answers)
                .filteredOn(answer -> answer.status() == 409)
                .hasSize(5)
                .allSatisfy(answer -> assertThat(answer.detail()).isEqualTo("Username already exists."));
        Scrape after = service.scrape();
        assertThat(after.since(before, "tlac_db_errors_total")).isZero();
        assertThat(after.since(before, "tlac_admin_user_operations_total")).isEqualTo(1);
        assertThat(service.count(
                        "select count(*) from audit.audit_logs where action = 'create_user' and target_username = ?",
                        username))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "username      | null                | Missing required fields.",
                "name          | null                | Missing required fields.",
                "name          | \"  \"              | Missing required fields.",
                "password      | null                | Missing required fields.",
                "password      | \"short\"           | A password has at least 8 characters.",
                "role          | \"root\"            | role must be pupil, teacher or admin.",
                "role          | 7                   | Wrong value in field role.",
                "cohort_year   | 1989                | cohort_year must be a year from 1990 to 2100.",
                "cohort_year   | \"2026\"            | Wrong value in field cohort_year.",
                "cohort_year   | 2026.5              | Wrong value in field cohort_year.",
                "cohort_year   | 99999999999         | Wrong value in field cohort_year.",
                "username      | \"Robert'); drop table users;--.x\" "
                        + "| A pupil's username has the form lastname.i, in letters, hyphens and apostrophes.",
                "teacher_notes | \"a\\u0000\"        | Text must not contain NUL characters.",
                "id            | 1                   | Unknown field: id."
            })
    void badValue_is400_andNothingIsWritten(String field, String value, String detail) {
        String username = RunningService.newName();
        List<String> fields = new ArrayList<>();
        Map<String, Object> good = wanted(username);
        good.remove(field);
        good.forEach((name, text) -> fields.add("\"" + name + "\":\"" + text + "\""));
        fields.add("\"" + field + "\":" + value);
        long users = service.count("select count(*) from auth.users");

        Answer answer =
                service.send("POST", USERS, "{" + String.join(",", fields) + "}", RunningService.userHeaders(admin));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.detail()).isEqualTo(detail);
        assertThat(service.count("select count(*) from auth.users")).isEqualTo(users);
    }

    @Test
    void hugePassword_is400_otherMediaType415() {
        Map<String, Object> body = wanted(RunningService.newName());
        body.put("password", "x".repeat(201));
        assertThat(service.post(USERS, admin, body).status()).isEqualTo(400);
        assertThat(service.send(
                                "POST",
                                USERS,
                                "username=a",
                                List.of("Authorization", "Bearer " + admin.token(), "Content-Type", "text/plain"))
                        .status())
                .isEqualTo(415);
    }

    @ParameterizedTest
    @CsvSource({"GET, /api/admin/users", "POST, /api/admin/users", "GET, /internal/counts"})
    void onlyAdmins(String method, String path) {
        String body = method.equals("POST") ? "{}" : null;
        assertThat(service.send(method, path, body, List.of()).status()).isEqualTo(401);
        for (SignedIn who : List.of(pupil, teacher)) {
            Answer answer = service.send(method, path, body, RunningService.userHeaders(who));
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.detail()).isEqualTo("Not allowed.");
        }
        assertThat(service.send(method, path, body, RunningService.gatewayHeaders(""))
                        .status())
                .isEqualTo(403);
        assertThat(service.send("DELETE", path, null, RunningService.userHeaders(admin))
                        .status())
                .isEqualTo(405);
    }

    @Test
    void list_isNarrowedByEveryFilter() {
        String one = service.user("pupil");
        String two = service.user("pupil");
        String other = service.user("teacher");
        service.execute("update auth.users set active = false, cohort_year = 2031 where username = ?", one);
        service.execute("update auth.users set cohort_year = 2031, name = '100% Žofia_' where username = ?", two);

        assertThat(usernames(service.get(USERS, admin)))
                .contains(one, two, other, RunningService.ADMIN)
                .isSorted();
        assertThat(usernames(service.get(USERS + "?cohort_year=2031", admin))).containsExactlyInAnyOrder(one, two);
        assertThat(usernames(service.get(USERS + "?cohort_year=2031&active=true", admin)))
                .containsExactly(two);
        assertThat(usernames(service.get(USERS + "?cohort_year=2031&active=false", admin)))
                .containsExactly(one);
        assertThat(usernames(service.get(USERS + "?role=teacher", admin)))
                .contains(other)
                .doesNotContain(one, two);
        assertThat(usernames(service.get(USERS + "?search=" + one.toUpperCase(java.util.Locale.ROOT), admin)))
                .containsExactly(one);
        // Signs of patterns are letters like others, and case does not count.
        assertThat(usernames(service.get(USERS + "?search=100%25%20%C5%BDOFIA_", admin)))
                .containsExactly(two);
        assertThat(usernames(service.get(USERS + "?search=%27%20or%20true%20--", admin)))
                .isEmpty();
    }

    @Test
    void listedUser_hasTheAdminsFields() {
        String username = service.user("pupil");
        JsonNode listed = service.get(USERS + "?search=" + username, admin)
                .json()
                .path("items")
                .path(0);
        List<String> fields = new ArrayList<>();
        listed.fieldNames().forEachRemaining(fields::add);
        assertThat(fields)
                .containsExactly(
                        "id", "username", "name", "role", "cohort_year", "active", "last_login_at", "created_at");
        assertThat(listed.path("active").asBoolean()).isTrue();
        assertThat(listed.path("last_login_at").isNull()).isTrue();
        assertThat(java.time.Instant.parse(listed.path("created_at").asText())).isNotNull();
        service.login(username, RunningService.PASSWORD);
        assertThat(service.get(USERS + "?search=" + username, admin)
                        .json()
                        .path("items")
                        .path(0)
                        .path("last_login_at")
                        .asText())
                .matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "role=root",
                "role=PUPIL",
                "cohort_year=x",
                "cohort_year=1989",
                "active=yes",
                "active=1",
                "search=a&search=b",
                "search=%00",
                "role=pupil%27%20or%20true"
            })
    void badFilter_is400(String query) {
        assertThat(service.get(USERS + "?" + query, admin).status()).isEqualTo(400);
    }

    @Test
    void overlongSearch_is400() {
        assertThat(service.get(USERS + "?search=" + "a".repeat(101), admin).status())
                .isEqualTo(400);
        assertThat(usernames(service.get(USERS + "?search=" + "a".repeat(100), admin)))
                .isEmpty();
    }

    @Test
    void teachers_seeActivePupils() {
        String active = service.user("pupil");
        String inactive = service.user("pupil");
        service.execute("update auth.users set active = false where username = ?", inactive);
        service.execute("update auth.users set cohort_year = 2044 where username in (?, ?)", active, inactive);

        Answer all = service.get("/api/teacher/users", teacher);
        assertThat(usernames(all))
                .contains(active)
                .doesNotContain(inactive, RunningService.ADMIN)
                .isSorted();
        Answer cohort = service.get("/api/teacher/users?cohort_year=2044", admin);
        assertThat(usernames(cohort)).containsExactly(active);
        assertThat(cohort.json().path("items").path(0)).hasSize(5);
        assertThat(usernames(service.get("/api/teacher/users?cohort_year=2045", teacher)))
                .isEmpty();
        assertThat(service.get("/api/teacher/users?cohort_year=soon", teacher).status())
                .isEqualTo(400);
        assertThat(service.get("/api/teacher/users", pupil).status()).isEqualTo(403);
        assertThat(service.get("/api/teacher/users", null).status()).isEqualTo(401);
    }
}
