package org.tlac.activity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.activity.RunningService.Answer;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.testing.Scrape;
import org.tlac.platform.testing.TestCallers;

class StateServerTest {

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

    private String mark(String column) {
        return service.text("select " + column + " from activity.activity_marks where user_id = ?", pupil.id());
    }

    @Test
    void beforeTheFirstSave_thereIsNoState() {
        assertThat(service.get(ONE, pupil).json().toString()).isEqualTo("{\"state\":null}");
        assertThat(service.get(LIST, pupil).json().toString()).isEqualTo("{\"items\":[]}");
    }

    @Test
    void save_isAnsweredWithItsRevision_andGivenBack() {
        Answer saved =
                service.post(ONE, pupil, "{\"state\":{\"code\":\"print(1)\"},\"client_saved_at\":1795401600123}");
        assertThat(saved.status()).isEqualTo(200);
        assertThat(saved.json().fieldNames()).toIterable().containsExactly("ok", "updated_at", "revision_id");
        assertThat(saved.json().path("ok").booleanValue()).isTrue();
        OffsetDateTime updated =
                OffsetDateTime.parse(saved.json().path("updated_at").textValue());

        Answer found = service.get(ONE, pupil);
        assertThat(found.status()).isEqualTo(200);
        assertThat(found.json().fieldNames())
                .toIterable()
                .containsExactly("lesson_id", "activity_id", "state", "updated_at", "last_client_at");
        assertThat(found.json().path("state").toString()).isEqualTo("{\"code\":\"print(1)\"}");
        assertThat(OffsetDateTime.parse(found.json().path("updated_at").textValue()))
                .isEqualTo(updated);
        assertThat(found.json().path("last_client_at").textValue()).isEqualTo("2026-11-23T02:40:00.123Z");
        assertThat(found.response().headers().firstValue("ETag"))
                .contains("\"" + saved.json().path("revision_id").asText() + "\"");
    }

    @Test
    void clientTime_mayBeIsoText() {
        service.post(ONE, pupil, "{\"state\":{},\"client_saved_at\":\"2026-11-23T10:00:00+02:00\"}");
        assertThat(service.get(ONE, pupil).json().path("last_client_at").textValue())
                .isEqualTo("2026-11-23T08:00:00Z");
    }

    @Test
    void list_isNewestFirst() {
        for (String activity : List.of("a1", "a2", "a3", "a1")) {
            service.post(LIST + "/lesson-1/" + activity, pupil, "{\"state\":{\"of\":\"" + activity + "\"}}");
        }
        List<String> activities = new ArrayList<>();
        service.get(LIST, pupil).json().path("items").forEach(item -> {
            activities.add(item.path("activity_id").asText());
            assertThat(item.path("state").path("of").asText())
                    .isEqualTo(item.path("activity_id").asText());
        });
        assertThat(activities).containsExactly("a1", "a3", "a2");
    }

    @Test
    void everySave_appendsARevision_andMovesTheMark() {
        save("{\"n\":1}");
        assertThat(mark("status")).isEqualTo("in_progress");
        assertThat(mark("attempt_count")).isEqualTo("1");
        String first = mark("first_save_at");
        assertThat(mark("last_save_at")).isEqualTo(first);

        save("{\"n\":2}");
        assertThat(revisions()).isEqualTo(2);
        assertThat(mark("attempt_count")).isEqualTo("2");
        assertThat(mark("first_save_at")).isEqualTo(first);
        assertThat(mark("last_save_at"))
                .isEqualTo(
                        service.text("select updated_at from activity.activity_states where user_id = ?", pupil.id()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"complete", "incomplete"})
    void teachersVerdict_survivesASave(String verdict) {
        save("{\"n\":1}");
        String target = "{\"username\":\"" + pupil.username() + "\",\"lesson_id\":\"lesson-1\",\"activity_id\":\"a1\"";
        service.post("/api/teacher/mark", TestCallers.TEACHER, target + ",\"status\":\"" + verdict + "\"}");
        save("{\"n\":2}");

        assertThat(mark("status")).isEqualTo(verdict);
        assertThat(mark("attempt_count")).isEqualTo("2");
    }

    @Test
    void anotherPupilsWork_isNeverVisible() {
        save("{\"secret\":1}");
        Caller other = service.pupil();

        assertThat(service.get(ONE, other).json().toString()).isEqualTo("{\"state\":null}");
        assertThat(service.get(LIST, other).json().path("items")).isEmpty();
        service.post(ONE, other, "{\"state\":{\"mine\":1}}");
        assertThat(service.get(ONE, pupil).json().path("state").toString()).isEqualTo("{\"secret\":1}");
    }

    @Test
    void ifMatch_ofTheNewestRevision_saves() {
        String revision = save("{\"n\":1}").json().path("revision_id").asText();
        assertThat(saveOver("\"" + revision + "\"", "{\"n\":2}").status()).isEqualTo(200);
    }

    @Test
    void staleIfMatch_is409WithTheCurrentState_andNothingIsLost() {
        String old = save("{\"n\":1}").json().path("revision_id").asText();
        Answer newer = save("{\"n\":2}");

        Answer refused = saveOver("\"" + old + "\"", "{\"n\":3}");

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.detail()).isEqualTo("This activity was saved somewhere else in the meantime.");
        assertThat(refused.json().path("state").toString()).isEqualTo("{\"n\":2}");
        assertThat(refused.json().path("revision_id")).isEqualTo(newer.json().path("revision_id"));
        assertThat(refused.json().path("updated_at")).isEqualTo(newer.json().path("updated_at"));
        assertThat(refused.json().path("lesson_id").asText()).isEqualTo("lesson-1");
        assertThat(revisions()).isEqualTo(2);
        assertThat(mark("attempt_count")).isEqualTo("2");
        assertThat(service.get(ONE, pupil).json().path("state").toString()).isEqualTo("{\"n\":2}");
    }

    @Test
    void ifMatchWhereNothingWasSaved_is409WithoutAState() {
        Answer refused = saveOver("\"1\"", "{}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().fieldNames()).toIterable().containsExactly("detail", "state");
        assertThat(refused.json().path("state").isNull()).isTrue();
        assertThat(rows()).isZero();
    }

    @Test
    void twentyConcurrentSaves_appendExactlyOneRevisionEach_andTheNewestIsTheState() throws Exception {
        List<Answer> answers = concurrently(20, number -> save("{\"n\":" + number + "}"));

        assertThat(answers).extracting(Answer::status).containsOnly(200);
        Set<Long> ids = new HashSet<>();
        answers.forEach(answer -> ids.add(answer.json().path("revision_id").longValue()));
        assertThat(ids).hasSize(20);
        assertThat(revisions()).isEqualTo(20);
        assertThat(mark("attempt_count")).isEqualTo("20");
        assertThat(service.count("""
                        select count(*)
                        from activity.activity_states s
                        join activity.activity_revisions r on r.id = s.revision_id
                        where s.user_id = ? and cast(r.state as text) = cast(s.state as text) and r.created_at = s.updated_at
                          and r.id = (select max(id) from activity.activity_revisions where user_id = s.user_id)
                        """, pupil.id())).isEqualTo(1);
    }

    @Test
    void twentyConcurrentSavesOverTheSameRevision_letOneThrough() throws Exception {
        String revision = save("{\"n\":0}").json().path("revision_id").asText();

        List<Answer> answers = concurrently(20, number -> saveOver("\"" + revision + "\"", "{\"n\":" + number + "}"));

        assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(1);
        assertThat(answers).filteredOn(answer -> answer.status() == 409).hasSize(19);
        assertThat(revisions()).isEqualTo(2);
    }

    private static List<Answer> concurrently(int count, java.util.function.IntFunction<Answer> call) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> calls = IntStream.range(0, count)
                    .mapToObj(number -> threads.submit(() -> call.apply(number)))
                    .toList();
            List<Answer> answers = new ArrayList<>();
            for (Future<Answer> each : calls) {
                answers.add(each.get());
            }
            return answers;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"n\":12345678901234567890.123}",
                "{\"n\":123456789012345678901234567890}",
                "{\"n\":1E+400}",
                "{\"n\":1E+200000}",
                "{\"n\":1E-400}",
                "{\"t\":\"Ünïcode 😀 \\\" \\\\ \\u0001\"}",
                "{\"b\":1,\"a\":2,\"\":3,\"ключ 🔑\":[]}",
                "{\"type\":null,\"nested\":[[{\"x\":[true,false,null,-0.5]}]]}"
            })
    void states_comeBackAsTheyWere(String state) {
        Answer saved = save(state);
        assertThat(saved.status()).as(saved.response().body()).isEqualTo(200);
        assertThat(service.get(ONE, pupil).response().body()).contains("\"state\":" + state + ",");
        assertThat(service.get(LIST, pupil).response().body()).contains("\"state\":" + state + ",");
    }

    @Test
    void saves_areCountedByLessonOfTheCourse_othersTogether() {
        Scrape before = service.scrape();
        service.post(LIST + "/lesson-2/a1", pupil, "{\"state\":{}}");
        service.post(LIST + "/lesson-2/a2", pupil, "{\"state\":{}}");
        service.post(LIST + "/lesson-424242/a1", pupil, "{\"state\":{}}");
        service.post(LIST + "/lesson-2/a2", pupil, "{\"state\":[]}");
        Scrape after = service.scrape();

        assertThat(after.since(before, "tlac_activity_saves_total", "lesson_id", "lesson-2"))
                .isEqualTo(2);
        assertThat(after.since(before, "tlac_activity_saves_total", "lesson_id", "other"))
                .isEqualTo(1);
        assertThat(after.since(before, "tlac_activity_saves_total")).isEqualTo(3);
        assertThat(after.since(before, "tlac_activity_save_duration_seconds_count"))
                .isEqualTo(3);
        assertThat(after.series()).noneMatch(series -> series.labels().containsValue("lesson-424242"));
    }
}
