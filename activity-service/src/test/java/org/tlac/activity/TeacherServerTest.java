package org.tlac.activity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.tlac.activity.RunningService.Answer;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.testing.Scrape;
import org.tlac.platform.testing.TestCallers;

class TeacherServerTest {

    private static final Caller TEACHER = TestCallers.TEACHER;
    private static final String MARK = "/api/teacher/mark";
    private static final String ANSWER_MARK = "/api/teacher/answer-mark";
    private static final String FEEDBACK = "/api/teacher/feedback";
    private static final String REVISIONS = "/api/teacher/revisions";

    private final RunningService service = RunningService.shared();
    private final Caller pupil = service.pupil();

    private void save(String lesson, String activity, String state) {
        Answer saved =
                service.post("/api/activity/state/" + lesson + "/" + activity, pupil, "{\"state\":" + state + "}");
        assertThat(saved.status()).isEqualTo(200);
    }

    /** A body about this test's pupil and lesson-1, with more fields. */
    private String about(String more) {
        return "{\"username\":\"" + pupil.username() + "\",\"lesson_id\":\"lesson-1\"" + more + "}";
    }

    private Answer mark(String status) {
        return service.post(MARK, TEACHER, about(",\"activity_id\":\"a1\",\"status\":\"" + status + "\""));
    }

    private Answer answerMark(String question, boolean correct) {
        return service.post(
                ANSWER_MARK,
                TEACHER,
                about(",\"activity_id\":\"a1\",\"question_id\":\"" + question + "\",\"correct\":" + correct));
    }

    private String audited(String action) {
        return service.text("""
                select concat_ws(' ', actor_username, target_username, lesson_id, activity_id, metadata, ip_address)
                from audit.audit_logs
                where action = ? and target_username = ?
                order by id desc
                limit 1
                """, action, pupil.username());
    }

    /** {@code o'neil.p} could sign in and save, and nobody could mark it. */
    @Test
    void usernameWithAnApostrophe_isMarked_andGetsFeedback() {
        Caller oneil =
                new Caller(pupil.id() + 1_000_000, "o'neil.p", "Pat O'Neil", pupil.role(), pupil.cohortYear(), "");
        assertThat(service.post("/api/activity/state/lesson-1/a1", oneil, "{\"state\":{}}")
                        .status())
                .isEqualTo(200);
        String body = "{\"username\":\"O'Neil.P \",\"lesson_id\":\"lesson-1\",\"activity_id\":\"a1\",";
        assertThat(service.post(MARK, TEACHER, body + "\"status\":\"complete\"}")
                        .status())
                .isEqualTo(200);
        assertThat(service.post(FEEDBACK, TEACHER, body + "\"feedback_text\":\"Well done\"}")
                        .status())
                .isEqualTo(200);
        assertThat(service.get(REVISIONS + "?username=o%27neil.p", TEACHER).status())
                .isEqualTo(200);
    }

    @Test
    void verdict_isGivenBackWithTheWholeMark_andAudited() {
        save("lesson-1", "a1", "{}");

        Answer marked = mark("complete");

        assertThat(marked.status()).isEqualTo(200);
        assertThat(marked.json().path("ok").booleanValue()).isTrue();
        assertThat(marked.json().path("mark").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "lesson_id",
                        "activity_id",
                        "status",
                        "updated_at",
                        "answer_marks",
                        "score",
                        "max_score",
                        "attempt_count",
                        "first_save_at",
                        "last_save_at");
        assertThat(marked.json().path("mark").path("status").asText()).isEqualTo("complete");
        assertThat(marked.json().path("mark").path("attempt_count").asInt()).isEqualTo(1);
        assertThat(audited("mark_activity"))
                .isEqualTo("teacher " + pupil.username()
                        + " lesson-1 a1 {\"status\": \"complete\", \"previous_status\": \"in_progress\"} 10.0.0.3");
    }

    @Test
    void verdictOnAnUntouchedActivity_makesItsMark() {
        save("lesson-2", "a9", "{}");
        Answer marked = mark("incomplete");
        assertThat(marked.status()).isEqualTo(200);
        assertThat(marked.json().path("mark").path("attempt_count").asInt()).isZero();
        assertThat(marked.json().path("mark").path("first_save_at").isNull()).isTrue();
    }

    @Test
    void completions_countOnlyWhatWasNotCompleteBefore() {
        save("lesson-1", "a1", "{}");
        Scrape before = service.scrape();
        mark("complete");
        mark("complete");
        mark("incomplete");
        mark("complete");
        Scrape after = service.scrape();

        assertThat(after.since(before, "tlac_teacher_marks_total", "kind", "activity"))
                .isEqualTo(4);
        assertThat(after.since(before, "tlac_activity_completions_total")).isEqualTo(2);
        assertThat(after.since(before, "tlac_audit_entries_total", "action", "mark_activity"))
                .isEqualTo(4);
    }

    @Test
    void answerMarks_addUpToTheScore() {
        save("lesson-1", "a1", "{}");
        Scrape before = service.scrape();
        answerMark("q1", true);
        answerMark("q2", false);
        answerMark("q3", true);
        Answer last = answerMark("q1", false);

        assertThat(last.json().path("mark").path("answer_marks").toString())
                .isEqualTo("{\"q1\":false,\"q2\":false,\"q3\":true}");
        assertThat(last.json().path("mark").path("score").asInt()).isEqualTo(1);
        assertThat(last.json().path("mark").path("max_score").asInt()).isEqualTo(3);
        assertThat(last.json().path("mark").path("status").asText()).isEqualTo("in_progress");
        assertThat(service.text(
                        "select concat(score, '/', max_score, ' ', answer_marks) from activity.activity_marks where username = ?",
                        pupil.username()))
                .isEqualTo("1/3 {\"q1\": false, \"q2\": false, \"q3\": true}");
        assertThat(service.scrape().since(before, "tlac_teacher_marks_total", "kind", "answer"))
                .isEqualTo(4);
        assertThat(audited("mark_answer")).contains("{\"correct\": false, \"question_id\": \"q1\"}");
    }

    @Test
    void twentyConcurrentAnswerMarksAndSaves_areAllKept() throws Exception {
        save("lesson-1", "a1", "{}");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> marks = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                String question = "q" + i;
                marks.add(threads.submit(() -> answerMark(question, true).status()));
                marks.add(threads.submit(() -> {
                    save("lesson-1", "a1", "{}");
                    return 200;
                }));
            }
            for (Future<Integer> mark : marks) {
                assertThat(mark.get()).isEqualTo(200);
            }
        }
        assertThat(service.text(
                        "select concat(score, ' ', attempt_count) from activity.activity_marks where user_id = ?",
                        pupil.id()))
                .isEqualTo("20 21");
    }

    @Test
    void numberOfMarkedAnswers_isBounded() {
        save("lesson-1", "a1", "{}");
        for (int i = 0; i < 200; i++) {
            assertThat(answerMark("q" + i, true).status()).isEqualTo(200);
        }
        assertThat(answerMark("q200", true).status()).isEqualTo(400);
        assertThat(answerMark("q7", false).json().path("mark").path("score").asInt())
                .isEqualTo(199);
    }

    @Test
    void feedback_isReadByItsPupilAlone_andReplaced() {
        save("lesson-1", "a1", "{}");
        Answer first =
                service.post(FEEDBACK, TEACHER, about(",\"activity_id\":\"a1\",\"feedback_text\":\"Gut gemacht 😀\""));
        Answer second =
                service.post(FEEDBACK, TEACHER, about(",\"activity_id\":\"a1\",\"feedback_text\":\"Even better\""));
        service.post(FEEDBACK, TEACHER, about(",\"feedback_text\":\"The whole lesson\""));

        assertThat(first.status()).isEqualTo(200);
        assertThat(first.json().path("feedback").fieldNames())
                .toIterable()
                .containsExactly(
                        "id", "lesson_id", "activity_id", "feedback_text", "teacher_name", "created_at", "updated_at");
        assertThat(first.json().path("feedback").path("feedback_text").asText()).isEqualTo("Gut gemacht 😀");
        assertThat(first.json().path("feedback").path("teacher_name").asText()).isEqualTo("Ms T.");
        assertThat(second.json().path("feedback").path("id"))
                .isEqualTo(first.json().path("feedback").path("id"));

        List<String> texts = new ArrayList<>();
        service.get("/api/pupil/feedback/lesson-1", pupil)
                .json()
                .path("items")
                .forEach(item -> texts.add(item.path("feedback_text").asText()));
        assertThat(texts).containsExactly("The whole lesson", "Even better");
        assertThat(service.get("/api/pupil/feedback/lesson-2", pupil).json().toString())
                .isEqualTo("{\"items\":[]}");
        assertThat(service.get("/api/pupil/feedback/lesson-1", service.pupil())
                        .json()
                        .path("items"))
                .isEmpty();
        assertThat(audited("add_feedback")).startsWith("teacher " + pupil.username() + " lesson-1 {\"feedback_id\":");
    }

    @Test
    void deletedFeedback_isGone_andSecondTime404() {
        save("lesson-1", "a1", "{}");
        String id = service.post(FEEDBACK, TEACHER, about(",\"feedback_text\":\"x\""))
                .json()
                .path("feedback")
                .path("id")
                .asText();

        Answer deleted = service.send("DELETE", FEEDBACK + "/" + id, TEACHER, null);
        assertThat(deleted.json().toString()).isEqualTo("{\"ok\":true}");
        assertThat(service.get("/api/pupil/feedback/lesson-1", pupil).json().path("items"))
                .isEmpty();
        assertThat(audited("delete_feedback")).contains("{\"feedback_id\": " + id + "}");

        Answer again = service.send("DELETE", FEEDBACK + "/" + id, TEACHER, null);
        assertThat(again.status()).isEqualTo(404);
        assertThat(again.detail()).isEqualTo("Unknown feedback.");
    }

    @Test
    void revisions_areNewestFirst_andFiltered() {
        save("lesson-1", "a1", "{\"n\":1}");
        save("lesson-1", "a2", "{\"n\":2}");
        save("lesson-2", "a1", "{\"n\":3}");
        save("lesson-1", "a1", "{\"n\":4}");

        assertThat(revisions("")).containsExactly("4", "3", "2", "1");
        assertThat(revisions("&lesson_id=lesson-1")).containsExactly("4", "2", "1");
        assertThat(revisions("&lesson_id=lesson-1&activity_id=a1")).containsExactly("4", "1");
        assertThat(revisions("&limit=2")).containsExactly("4", "3");
        assertThat(service.get(REVISIONS + "?username=" + pupil.username() + "&limit=1", TEACHER)
                        .json()
                        .path("items")
                        .path(0)
                        .fieldNames())
                .toIterable()
                .containsExactly("id", "lesson_id", "activity_id", "state", "created_at", "client_saved_at");
    }

    @Test
    void revisions_endWhereTheAnswerIsLargeEnough() {
        String filler = "\"t\":\"" + "x".repeat(12_000) + "\"";
        for (int i = 1; i <= 5; i++) {
            save("lesson-1", "a1", "{\"n\":" + i + "," + filler + "}");
        }
        // The third passes 30,000 bytes and is the last; a smaller one would not have been reached by the limit either.
        assertThat(revisions("")).containsExactly("5", "4", "3");
        assertThat(revisions("&limit=1")).containsExactly("5");
    }

    private List<String> revisions(String filter) {
        List<String> numbers = new ArrayList<>();
        Answer answer = service.get(REVISIONS + "?username=" + pupil.username() + filter, TEACHER);
        assertThat(answer.status()).isEqualTo(200);
        answer.json()
                .path("items")
                .forEach(item -> numbers.add(item.path("state").path("n").asText()));
        return numbers;
    }

    @Test
    void username_isTrimmedAndLowerCased() {
        save("lesson-1", "a1", "{}");
        Answer marked = service.post(
                MARK,
                TEACHER,
                about(",\"activity_id\":\"a1\",\"status\":\"complete\"")
                        .replace(pupil.username(), " " + pupil.username().toUpperCase(java.util.Locale.ROOT) + " "));
        assertThat(marked.status()).isEqualTo(200);
    }

    @Test
    void counts_areExact_andForAdmins() {
        save("lesson-1", "a1", "{}");
        save("lesson-1", "a1", "{}");

        Answer counts = service.get("/internal/counts", TestCallers.ADMIN);

        assertThat(counts.json().fieldNames())
                .toIterable()
                .containsExactly("activity_states", "activity_revisions", "activity_marks");
        assertThat(counts.json().path("activity_states").longValue())
                .isEqualTo(service.count("select count(*) from activity.activity_states"));
        assertThat(counts.json().path("activity_revisions").longValue())
                .isEqualTo(service.count("select count(*) from activity.activity_revisions"));
        assertThat(counts.json().path("activity_marks").longValue())
                .isEqualTo(service.count("select count(*) from activity.activity_marks"));
        assertThat(service.get("/internal/counts", TEACHER).status()).isEqualTo(403);
    }
}
