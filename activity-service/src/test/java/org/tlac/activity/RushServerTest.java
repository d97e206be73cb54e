package org.tlac.activity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.testing.Scrape;

/** A school saves at once: thirty times as many calls as connections. */
class RushServerTest {

    private static final int PUPILS = 300;

    private final RunningService service = RunningService.shared();

    @Test
    void threeHundredPupils_whoSaveAtOnce_haveAllSaved() throws Exception {
        List<Caller> pupils = new ArrayList<>();
        for (int i = 0; i < PUPILS; i++) {
            pupils.add(service.pupil());
        }
        Scrape before = service.scrape();
        List<Future<RunningService.Answer>> answers = new ArrayList<>();
        try (ExecutorService school = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Caller pupil : pupils) {
                answers.add(school.submit(
                        () -> service.post("/api/activity/state/lesson-1/a1", pupil, "{\"state\":{\"n\":1}}")));
            }
        }
        for (Future<RunningService.Answer> answer : answers) {
            assertThat(answer.get().status()).as(answer.get().detail()).isEqualTo(200);
        }
        Scrape after = service.scrape();
        assertThat(after.since(before, "tlac_activity_saves_total", "lesson_id", "lesson-1"))
                .isEqualTo(PUPILS);
        assertThat(after.since(before, "tlac_db_errors_total")).isZero();
        assertThat(after.value("tlac_db_connections_pending")).isZero();
    }
}
