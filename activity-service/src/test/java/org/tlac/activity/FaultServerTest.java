package org.tlac.activity;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tlac.activity.RunningService.Answer;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.testing.Scrape;
import org.tlac.platform.testing.TestCallers;

class FaultServerTest {

    private static final String ONE = "/api/activity/state/lesson-1/a1";

    private final RunningService service = RunningService.shared();
    private final Caller pupil = service.pupil();

    @AfterEach
    void mend() {
        service.database().mend();
        RunningService.await("the database is back", () -> ready() == 200);
    }

    private Answer save(String state) {
        return service.post(ONE, pupil, "{\"state\":" + state + "}");
    }

    private int ready() {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI probe = service.management().resolve("/health/ready");
            return http.send(HttpRequest.newBuilder(probe).build(), BodyHandlers.discarding())
                    .statusCode();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private String stored() {
        return service.text("""
                select concat(
                    (select string_agg(cast(state as text), ',') from activity.activity_states where user_id = ?), ' ',
                    (select count(*) from activity.activity_revisions where user_id = ?), ' ',
                    (select attempt_count from activity.activity_marks where user_id = ?))
                """, pupil.id(), pupil.id(), pupil.id());
    }

    @Test
    void databaseAway_is503WithRetryAfter_andEverythingRecoversByItself() {
        save("{\"n\":1}");
        Scrape before = service.scrape();
        service.database().cut();

        Answer refused = save("{\"n\":2}");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.detail()).isEqualTo("The database is away. Please try again shortly.");
        assertThat(refused.response().headers().firstValue("Retry-After")).isPresent();
        assertThat(service.get(ONE, pupil).status()).isEqualTo(503);
        assertThat(service.get("/api/activity/state", pupil).status()).isEqualTo(503);
        assertThat(service.get("/api/pupil/feedback/lesson-1", pupil).status()).isEqualTo(503);
        assertThat(ready()).isEqualTo(503);
        assertThat(stored()).isEqualTo("{\"n\":1} 1 1");
        Scrape during = service.scrape();
        assertThat(during.since(before, "tlac_db_errors_total", "error_type", "connection"))
                .isGreaterThanOrEqualTo(1);
        assertThat(during.since(before, "tlac_errors_total", "error_type", "database"))
                .isEqualTo(4);
        assertThat(during.since(before, "tlac_activity_saves_total")).isZero();

        service.database().mend();
        RunningService.await("saving works again", () -> save("{\"n\":3}").status() == 200);
        assertThat(stored()).isEqualTo("{\"n\":3} 2 2");
        RunningService.await("connections given back", () -> service.scrape().value("tlac_db_connections_active") == 0);
    }

    @Test
    void fullDisk_refusesWhatChangesSomething_andNothingElse_untilThereIsSpace() throws Exception {
        save("{\"n\":1}");
        Scrape before = service.scrape();
        try {
            service.diskIsFull(true);
            RunningService.await("saves are refused", () -> save("{\"n\":1}").status() == 503);
            Answer refused = save("{\"n\":2}");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.detail()).isEqualTo("The disk is full: nothing can be saved. Please tell your teacher.");
            assertThat(refused.response().headers().firstValue("Retry-After")).isPresent();
            String about = "{\"username\":\"" + pupil.username() + "\",\"lesson_id\":\"lesson-1\",";
            assertThat(service.post("/api/teacher/feedback", TestCallers.TEACHER, about + "\"feedback_text\":\"x\"}")
                            .status())
                    .isEqualTo(503);
            assertThat(service.get(ONE, pupil).json().at("/state/n").asInt()).isEqualTo(1);
            assertThat(ready()).isEqualTo(200);
            Scrape during = service.scrape();
            assertThat(during.value("tlac_disk_free_bytes", "volume", "database"))
                    .isZero();
            assertThat(during.value("tlac_disk_reserve_bytes", "volume", "database"))
                    .isEqualTo(1);
            assertThat(during.since(before, "tlac_errors_total", "error_type", "disk_full"))
                    .isGreaterThanOrEqualTo(3);
        } finally {
            service.diskIsFull(false);
        }
        RunningService.await("saving works again", () -> save("{\"n\":3}").status() == 200);
        assertThat(service.scrape().value("tlac_disk_free_bytes", "volume", "database"))
                .isPositive();
    }

    @Test
    void databaseLostInTheMiddleOfASave_leavesNothingHalfWritten() throws Exception {
        save("{\"n\":1}");
        try (Connection other = service.database().superuser()) {
            other.setAutoCommit(false);
            holdMark(other);
            // State and revision are written by now, and the save waits for the mark.
            CompletableFuture<Answer> save = CompletableFuture.supplyAsync(() -> save("{\"n\":2}"));
            RunningService.await("the save waits for the mark", () -> waiting() == 1);
            service.database().cut();

            assertThat(save.get().status()).isEqualTo(503);
            other.rollback();
        }
        RunningService.await("the server gave the save up", () -> openTransactions() == 0);
        assertThat(stored()).isEqualTo("{\"n\":1} 1 1");
    }

    @Test
    void saveThatWaitsTooLong_is503_andLeavesNothingHalfWritten() throws Exception {
        save("{\"n\":1}");
        Scrape before = service.scrape();
        try (Connection other = service.database().superuser()) {
            other.setAutoCommit(false);
            holdMark(other);
            assertThat(save("{\"n\":2}").status()).isEqualTo(503);
            other.rollback();
        }
        assertThat(service.scrape().since(before, "tlac_db_errors_total", "error_type", "timeout"))
                .isEqualTo(1);
        assertThat(stored()).isEqualTo("{\"n\":1} 1 1");
        assertThat(save("{\"n\":3}").status()).isEqualTo(200);
        assertThat(stored()).isEqualTo("{\"n\":3} 2 2");
        RunningService.await("connections given back", () -> service.scrape().value("tlac_db_connections_active") == 0);
    }

    @Test
    void deedThatCannotBeAudited_isNotDone_andNotCounted() throws Exception {
        save("{}");
        String about = "{\"username\":\"" + pupil.username() + "\",\"lesson_id\":\"lesson-1\",\"activity_id\":\"a1\",";
        Scrape before = service.scrape();
        try (Connection superuser = service.database().superuser();
                Statement statement = superuser.createStatement()) {
            statement.execute("revoke insert on audit.audit_logs from activity");
            Answer mark = service.post("/api/teacher/mark", TestCallers.TEACHER, about + "\"status\":\"complete\"}");
            Answer feedback =
                    service.post("/api/teacher/feedback", TestCallers.TEACHER, about + "\"feedback_text\":\"x\"}");
            statement.execute("grant insert on audit.audit_logs to activity");
            assertThat(mark.status()).isEqualTo(500);
            assertThat(feedback.status()).isEqualTo(500);
        }
        assertThat(service.text("select status from activity.activity_marks where user_id = ?", pupil.id()))
                .isEqualTo("in_progress");
        assertThat(service.get("/api/pupil/feedback/lesson-1", pupil).json().path("items"))
                .isEmpty();
        Scrape after = service.scrape();
        assertThat(after.since(before, "tlac_teacher_marks_total")).isZero();
        assertThat(after.since(before, "tlac_activity_completions_total")).isZero();
        assertThat(after.since(before, "tlac_errors_total", "error_type", "internal"))
                .isEqualTo(2);
        RunningService.await("connections given back", () -> service.scrape().value("tlac_db_connections_active") == 0);
    }

    private void holdMark(Connection connection) throws Exception {
        try (PreparedStatement lock =
                connection.prepareStatement("select 1 from activity.activity_marks where user_id = ? for update")) {
            lock.setLong(1, pupil.id());
            lock.execute();
        }
    }

    private long waiting() {
        return service.count(
                "select count(*) from pg_stat_activity where usename = 'activity' and wait_event_type = 'Lock'");
    }

    private long openTransactions() {
        return service.count(
                "select count(*) from pg_stat_activity where usename = 'activity' and xact_start is not null");
    }
}
