package org.tlac.activity.marks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tlac.platform.course.ActivityKey;

class MarkRulesTest {

    private static final ActivityKey ACTIVITY = ActivityKey.of("lesson-1", "a1");
    private static final Instant T0 = Instant.parse("2026-11-23T08:00:00Z");
    private static final Instant T1 = T0.plusSeconds(60);
    private static final Instant T2 = T0.plusSeconds(120);

    private static Mark withStatus(MarkStatus status) {
        Mark mark = MarkRules.untouched(ACTIVITY, T0);
        return status.isVerdict()
                ? MarkRules.decided(mark, status, T0)
                : status == MarkStatus.IN_PROGRESS ? MarkRules.saved(mark, T0) : mark;
    }

    @ParameterizedTest
    @CsvSource({"NOT_STARTED, IN_PROGRESS", "IN_PROGRESS, IN_PROGRESS", "COMPLETE, COMPLETE", "INCOMPLETE, INCOMPLETE"})
    void save_beginsWorkButLeavesAVerdict(MarkStatus before, MarkStatus after) {
        assertThat(MarkRules.saved(withStatus(before), T1).status()).isEqualTo(after);
    }

    @Test
    void saves_countAttemptsAndKeepTheFirstTime() {
        Mark first = MarkRules.saved(MarkRules.untouched(ACTIVITY, T0), T1);
        Mark second = MarkRules.saved(first, T2);

        assertThat(first.attemptCount()).isEqualTo(1);
        assertThat(first.firstSaveAt()).isEqualTo(T1);
        assertThat(first.lastSaveAt()).isEqualTo(T1);
        assertThat(second.attemptCount()).isEqualTo(2);
        assertThat(second.firstSaveAt()).isEqualTo(T1);
        assertThat(second.lastSaveAt()).isEqualTo(T2);
        assertThat(second.updatedAt()).isEqualTo(T2);
    }

    @Test
    void saveAfterAVerdict_stillCountsAndKeepsWhenItWasGiven() {
        Mark mark = MarkRules.saved(MarkRules.decided(MarkRules.untouched(ACTIVITY, T0), MarkStatus.COMPLETE, T1), T2);

        assertThat(mark.attemptCount()).isEqualTo(1);
        assertThat(mark.firstSaveAt()).isEqualTo(T2);
        assertThat(mark.markedAt()).isEqualTo(T1);
    }

    @ParameterizedTest
    @CsvSource({
        "NOT_STARTED, COMPLETE",
        "IN_PROGRESS, COMPLETE",
        "IN_PROGRESS, INCOMPLETE",
        "COMPLETE, INCOMPLETE",
        "INCOMPLETE, COMPLETE"
    })
    void verdict_replacesWhatWas(MarkStatus before, MarkStatus verdict) {
        Mark mark = MarkRules.decided(withStatus(before), verdict, T1);

        assertThat(mark.status()).isEqualTo(verdict);
        assertThat(mark.markedAt()).isEqualTo(T1);
        assertThat(mark.attemptCount()).isEqualTo(withStatus(before).attemptCount());
    }

    @Test
    void progress_isNoVerdict() {
        Mark mark = MarkRules.untouched(ACTIVITY, T0);
        assertThatThrownBy(() -> MarkRules.decided(mark, MarkStatus.IN_PROGRESS, T1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void answers_addUpToTheScore_andALaterMarkReplaces() {
        Mark mark = MarkRules.untouched(ACTIVITY, T0);
        mark = MarkRules.answered(mark, "q1", true, T1);
        mark = MarkRules.answered(mark, "q2", false, T1);
        mark = MarkRules.answered(mark, "q3", true, T1);
        assertThat(mark.score()).isEqualTo(2);
        assertThat(mark.maxScore()).isEqualTo(3);

        Mark changed = MarkRules.answered(mark, "q1", false, T2);
        assertThat(changed.score()).isEqualTo(1);
        assertThat(changed.maxScore()).isEqualTo(3);
        assertThat(changed.status()).isEqualTo(MarkStatus.NOT_STARTED);
        assertThat(mark.score()).isEqualTo(2);
    }
}
