package org.tlac.activity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.activity.RunningService.Answer;
import org.tlac.platform.identity.Caller;

/** What is refused, how, and that nothing is written then. */
class StateRefusalServerTest {

    private static final String LIST = "/api/activity/state";
    private static final String ONE = "/api/activity/state/lesson-1/a1";

    private final RunningService service = RunningService.shared();
    private final Caller pupil = service.pupil();

    private Answer save(String state) {
        return service.post(ONE, pupil, "{\"state\":" + state + "}");
    }

    private Answer saveOver(String revision, String state) {
        return service.send(
                "POST",
                ONE,
                pupil,
                "{\"state\":" + state + "}",
                "Content-Type",
                "application/json",
                "If-Match",
                revision);
    }

    private long revisions() {
        return service.count("select count(*) from activity.activity_revisions where user_id = ?", pupil.id());
    }

    private long rows() {
        return service.count("""
                        select (select count(*) from activity.activity_states where user_id = ?)
                             + (select count(*) from activity.activity_marks where user_id = ?)
                        """, pupil.id(), pupil.id()) + revisions();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | state must be a JSON object.",
                "{\"state\":null} | state must be a JSON object.",
                "{\"state\":[]} | state must be a JSON object.",
                "{\"state\":\"{}\"} | state must be a JSON object.",
                "{\"state\":7} | state must be a JSON object.",
                "{\"state\":{},\"stat\":1} | Unknown field: stat.",
                "{\"state\":{} | Malformed JSON.",
                "{\"state\":{}} x | Malformed JSON.",
                "[] | Wrong value.",
                "null | The body must be a JSON object.",
                "{\"state\":{\"a\\u0000\":1}} | Text must not contain NUL characters.",
                "{\"state\":{\"a\":[{\"b\":\"x\\u0000y\"}]}} | Text must not contain NUL characters.",
                "{\"state\":{\"a\":\"\\ud83d\"}} | Text must not contain half a surrogate pair.",
                "{\"state\":{},\"client_saved_at\":\"yesterday\"} | Wrong value in field client_saved_at.",
                "{\"state\":{},\"client_saved_at\":true} | Wrong value in field client_saved_at.",
                "{\"state\":{},\"client_saved_at\":9223372036854775807} | client_saved_at is out of range.",
                "{\"state\":{},\"client_saved_at\":-1} | client_saved_at is out of range.",
                "{\"state\":{},\"client_saved_at\":99999999999999999999} | Wrong value in field client_saved_at.",
            })
    void badBody_is400_andNothingIsWritten(String body, String detail) {
        Answer answer = service.post(ONE, pupil, body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.detail()).isEqualTo(detail);
        assertThat(rows()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"state\":{\"a\":1,\"a\":2}}",
                "{\"state\":{\"a\":1},\"state\":{}}",
                "{\"state\":{\"a\":NaN}}",
                ""
            })
    void duplicateKeysNotANumberAndEmptyBodies_are400(String body) {
        assertThat(service.post(ONE, pupil, body).status()).isEqualTo(400);
        assertThat(rows()).isZero();
    }

    @Test
    void deepJson_is400() {
        String deep = "{\"state\":{\"a\":" + "[".repeat(5000) + "]".repeat(5000) + "}}";
        Answer answer = service.post(ONE, pupil, deep);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.detail()).isNotEmpty();
        assertThat(rows()).isZero();
    }

    @Test
    void stateOverItsLimit_is413_andUpToItIsNot() {
        int overhead = "{\"t\":\"\"}".length();
        String most = "{\"t\":\"" + "x".repeat(RunningService.STATE_BYTES - overhead) + "\"}";
        String more = "{\"t\":\"" + "x".repeat(RunningService.STATE_BYTES - overhead + 1) + "\"}";

        Answer refused = save(more);
        assertThat(refused.status()).isEqualTo(413);
        assertThat(refused.detail()).isEqualTo("The state is larger than 20000 bytes.");
        assertThat(rows()).isZero();
        assertThat(save(most).status()).isEqualTo(200);
    }

    @Test
    void bodyOverTheListenersLimit_is413() {
        Answer answer = save("{\"t\":\"" + "x".repeat(70_000) + "\"}");
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.detail()).isNotEmpty();
        assertThat(rows()).isZero();
    }

    @Test
    void allStatesOfOneUser_haveALimitTogether_andAnExistingOneCanStillShrink() {
        String large = "{\"t\":\"" + "x".repeat(18_000) + "\"}";
        for (String activity : List.of("a1", "a2")) {
            assertThat(service.post(LIST + "/lesson-1/" + activity, pupil, "{\"state\":" + large + "}")
                            .status())
                    .isEqualTo(200);
        }
        Answer refused = service.post(LIST + "/lesson-1/a3", pupil, "{\"state\":" + large + "}");
        assertThat(refused.status()).isEqualTo(413);
        assertThat(refused.detail()).isEqualTo("All saved activities together may take 50000 bytes.");
        assertThat(revisions()).isEqualTo(2);

        assertThat(save("{}").status()).isEqualTo(200);
        assertThat(service.post(LIST + "/lesson-1/a3", pupil, "{\"state\":" + large + "}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void emptyStates_areNotFree() {
        int most = RunningService.USER_BYTES / 256;
        int saved = 0;
        Answer last = save("{}");
        while (last.status() == 200 && saved <= most) {
            saved++;
            last = service.post(LIST + "/lesson-3/a" + saved, pupil, "{\"state\":{}}");
        }
        assertThat(last.status()).isEqualTo(413);
        assertThat(saved).isEqualTo(RunningService.USER_BYTES / (256 + 2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/lesson-x/a1",
                "/lesson-1/b1",
                "/Lesson-1/a1",
                "/lesson-/a1",
                "/lesson-1/a",
                "/lesson-1%20/a1",
                "/lesson-%D9%A1/a1",
                "/lesson-1234567890/a1",
                "/lesson-1/a1234567890",
                "/lesson-1'--/a1"
            })
    void idsOutOfForm_are400(String ids) {
        assertThat(service.get(LIST + ids, pupil).status()).isEqualTo(400);
        assertThat(service.post(LIST + ids, pupil, "{\"state\":{}}").status()).isEqualTo(400);
        assertThat(rows()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"42", "*", "\"a\"", "W/\"1\"", "\"1\", \"2\"", "\"99999999999999999999\""})
    void malformedIfMatch_is400(String header) {
        Answer answer = saveOver(header, "{}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.detail()).isEqualTo("If-Match must be one revision_id in double quotes.");
        assertThat(rows()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"text/plain", "application/x-www-form-urlencoded", "application/json-patch+json"})
    void otherMediaType_is415(String type) {
        assertThat(service.send("POST", ONE, pupil, "{\"state\":{}}", "Content-Type", type)
                        .status())
                .isEqualTo(415);
        assertThat(rows()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"GET, " + LIST, "GET, " + ONE, "POST, " + ONE})
    void withoutSigningIn_is401(String method, String path) {
        Answer answer = service.send(
                method,
                path,
                null,
                method.equals("POST") ? "{\"state\":{}}" : null,
                "Content-Type",
                "application/json");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.detail()).isEqualTo("Not authenticated.");
    }

    @Test
    void forgedToken_is401() {
        Answer answer = service.send("GET", LIST, null, null, "Authorization", "Bearer a.b.c");
        assertThat(answer.status()).isEqualTo(401);
    }

    @Test
    void otherMethods_are405() {
        Answer answer = service.send("DELETE", ONE, pupil, null);
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.response().headers().firstValue("Allow")).contains("GET, HEAD, POST");
    }

    @Test
    void unknownPath_is404() {
        assertThat(service.get(LIST + "/lesson-1/a1/more", pupil).status()).isEqualTo(404);
    }

    @Test
    void refusals_leaveNoConnectionBehind() {
        for (int i = 0; i < 30; i++) {
            saveOver("\"1\"", "{}");
            save("[]");
        }
        RunningService.await("connections given back", () -> service.scrape().value("tlac_db_connections_active") == 0);
    }
}
