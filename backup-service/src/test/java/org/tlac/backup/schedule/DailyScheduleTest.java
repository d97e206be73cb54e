package org.tlac.backup.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DailyScheduleTest {

    @ParameterizedTest
    @CsvSource({
        "02:30, UTC, 2026-11-23T02:30:00Z, 2026-11-23T02:30:00Z",
        "02:30, UTC, 2026-11-23T02:29:59Z, 2026-11-22T02:30:00Z",
        "02:30, Europe/Berlin, 2026-11-23T12:00:00Z, 2026-11-23T01:30:00Z",
        // The clocks go forward over 02:30: an hour later that day.
        "02:30, Europe/Berlin, 2027-03-28T12:00:00Z, 2027-03-28T01:30:00Z",
        // They go back over it: the first of the two.
        "02:30, Europe/Berlin, 2026-10-25T12:00:00Z, 2026-10-25T00:30:00Z",
    })
    void latestDue(LocalTime at, ZoneId zone, Instant now, Instant due) {
        assertThat(new DailySchedule(at, zone).latestDue(now)).isEqualTo(due);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-22T02:30:00Z, 2026-11-22T02:30:00Z, 2026-11-23T02:29:59Z, false",
        "2026-11-22T02:30:00Z, 2026-11-22T02:30:00Z, 2026-11-23T02:30:00Z, true",
        // Another replica took it.
        "2026-11-23T02:30:01Z, 2026-11-23T02:30:01Z, 2026-11-23T02:30:40Z, false",
        // The machine was off.
        "2026-11-20T02:30:00Z, 2026-11-20T02:30:00Z, 2026-11-23T08:00:00Z, true",
        // It failed: again after an hour.
        "2026-11-22T02:30:00Z, 2026-11-23T02:30:00Z, 2026-11-23T03:29:59Z, false",
        "2026-11-22T02:30:00Z, 2026-11-23T02:30:00Z, 2026-11-23T03:30:00Z, true",
        // One that failed before the moment does not put off the one at the moment.
        "2026-11-22T02:30:00Z, 2026-11-23T02:29:00Z, 2026-11-23T02:30:00Z, true",
    })
    void due(Instant lastGood, Instant lastAttempt, Instant now, boolean due) {
        DailySchedule schedule = new DailySchedule(LocalTime.of(2, 30), ZoneId.of("UTC"));
        assertThat(schedule.due(lastGood, lastAttempt, now)).isEqualTo(due);
    }
}
