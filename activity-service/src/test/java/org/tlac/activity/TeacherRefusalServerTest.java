package org.tlac.activity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.activity.RunningService.Answer;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.testing.TestCallers;

/** What is refused, how, and that nothing is written then. */
class TeacherRefusalServerTest {

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

    private Answer answerMark(String question, boolean correct) {
        return service.post(
                ANSWER_MARK,
                TEACHER,
                about(",\"activity_id\":\"a1\",\"question_id\":\"" + question + "\",\"correct\":" + correct));
    }

    private long written() {
        return service.count("""
                select (select count(*) from audit.audit_logs where target_username = ?)
                     + (select count(*) from activity.activity_feedback where username = ?)
                     + (select count(*) from activity.activity_marks where username = ? and status <> 'in_progress')
                """, pupil.username(), pupil.username(), pupil.username());
    }

    @Test
    void pupilWithoutAnyWork_is404() {
        for (String path : List.of(MARK, ANSWER_MARK, FEEDBACK)) {
            Answer answer = service.post(path, TEACHER, about(valid(path)));
            assertThat(answer.status()).as(path).isEqualTo(404);
            assertThat(answer.detail()).isEqualTo("Unknown pupil.");
        }
        assertThat(service.get(REVISIONS + "?username=" + pupil.username(), TEACHER)
                        .status())
                .isEqualTo(404);
        assertThat(written()).isZero();
    }

    private static String valid(String path) {
        return switch (path) {
            case MARK -> ",\"activity_id\":\"a1\",\"status\":\"complete\"";
            case ANSWER_MARK -> ",\"activity_id\":\"a1\",\"question_id\":\"q\",\"correct\":true";
            default -> ",\"feedback_text\":\"x\"";
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                MARK + " | ,\"activity_id\":\"a1\" | status must be complete or incomplete.",
                MARK + " | ,\"activity_id\":\"a1\",\"status\":\"in_progress\" | status must be complete or incomplete.",
                MARK + " | ,\"activity_id\":\"a1\",\"status\":1 | Wrong value in field status.",
                MARK + " | ,\"activity_id\":\"x\",\"status\":\"complete\" | activity_id must have the form a1.",
                MARK + " | ,\"status\":\"complete\" | activity_id must have the form a1.",
                MARK + " | ,\"activity_id\":\"a1\",\"status\":\"complete\",\"x\":1 | Unknown field: x.",
                ANSWER_MARK
                        + " | ,\"activity_id\":\"a1\",\"correct\":true | question_id must have from 1 to 100 characters.",
                ANSWER_MARK + " | ,\"activity_id\":\"a1\",\"question_id\":\"q\" | correct must be true or false.",
                ANSWER_MARK
                        + " | ,\"activity_id\":\"a1\",\"question_id\":\"q\",\"correct\":\"yes\" | Wrong value in field correct.",
                ANSWER_MARK
                        + " | ,\"activity_id\":\"a1\",\"question_id\":\"\\u0000\",\"correct\":true | Text must not contain NUL characters.",
                ANSWER_MARK + " | ,\"activity_id\":\"a1\",\"question_id\":\"\\ud800\",\"correct\":true"
                        + " | Text must not contain half a surrogate pair.",
                FEEDBACK + " | ,\"activity_id\":\"a1\" | feedback_text must have from 1 to 10000 characters.",
                FEEDBACK + " | ,\"feedback_text\":\"  \" | feedback_text must have from 1 to 10000 characters.",
                FEEDBACK + " | ,\"feedback_text\":\"a\\u0000\" | Text must not contain NUL characters.",
                FEEDBACK + " | ,\"feedback_text\":\"a\\udc00\" | Text must not contain half a surrogate pair.",
                FEEDBACK
                        + " | ,\"activity_id\":\"lesson-1\",\"feedback_text\":\"x\" | activity_id must have the form a1.",
            })
    void badBody_is400_andNothingIsWritten(String path, String more, String detail) {
        save("lesson-1", "a1", "{}");
        Answer answer = service.post(path, TEACHER, about(more));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.detail()).isEqualTo(detail);
        assertThat(written()).isZero();
    }

    @Test
    void overLongTexts_are400() {
        save("lesson-1", "a1", "{}");
        assertThat(service.post(FEEDBACK, TEACHER, about(",\"feedback_text\":\"" + "x".repeat(10_001) + "\""))
                        .status())
                .isEqualTo(400);
        assertThat(answerMark("q".repeat(101), true).status()).isEqualTo(400);
        assertThat(written()).isZero();
        assertThat(service.post(FEEDBACK, TEACHER, about(",\"feedback_text\":\"" + "x".repeat(10_000) + "\""))
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"\"", "\"a b\"", "\"../x\"", "\"ünï\""})
    void badUsername_is400(String username) {
        String body = "{\"username\":" + username
                + ",\"lesson_id\":\"lesson-1\",\"activity_id\":\"a1\",\"status\":\"complete\"}";
        Answer answer = service.post(MARK, TEACHER, body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.detail()).isEqualTo("username is missing or is no username.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "?username=",
                "?username=a%20b",
                "?username=x&limit=0",
                "?username=x&limit=201",
                "?username=x&limit=ten",
                "?username=x&lesson_id=1",
                "?username=x&lesson_id=lesson-1&activity_id=1",
                "?username=x&activity_id=a1",
                "?username=x&username=y",
                "?username=x%00"
            })
    void badQueryForRevisions_is400(String query) {
        assertThat(service.get(REVISIONS + query, TEACHER).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "-1", "1.5", "99999999999999999999"})
    void badFeedbackId_is400(String id) {
        assertThat(service.send("DELETE", FEEDBACK + "/" + id, TEACHER, null).status())
                .isEqualTo(400);
    }

    @Test
    void badLessonForFeedback_is400() {
        assertThat(service.get("/api/pupil/feedback/lesson-x", pupil).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {MARK, ANSWER_MARK, FEEDBACK})
    void otherMediaType_is415(String path) {
        save("lesson-1", "a1", "{}");
        assertThat(service.send("POST", path, TEACHER, about(valid(path)), "Content-Type", "text/plain")
                        .status())
                .isEqualTo(415);
        assertThat(written()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "POST, " + MARK,
        "POST, " + ANSWER_MARK,
        "POST, " + FEEDBACK,
        "DELETE, " + FEEDBACK + "/1",
        "GET, " + REVISIONS + "?username=x",
        "GET, /internal/counts"
    })
    void pupils_mayNot_andStrangersMustSignIn(String method, String path) {
        save("lesson-1", "a1", "{}");
        String body = method.equals("POST") ? about(valid(path)) : null;
        Answer forbidden = service.send(method, path, pupil, body, "Content-Type", "application/json");
        assertThat(forbidden.status()).isEqualTo(403);
        assertThat(forbidden.detail()).isEqualTo("Not allowed.");
        assertThat(service.send(method, path, null, body, "Content-Type", "application/json")
                        .status())
                .isEqualTo(401);
        assertThat(written()).isZero();
    }

    @Test
    void ownFeedback_needsSigningIn() {
        assertThat(service.get("/api/pupil/feedback/lesson-1", null).status()).isEqualTo(401);
    }
}
