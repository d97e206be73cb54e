package org.tlac.backup.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/**
 * A backup every day at that time. One that was missed, because the machine was off, is due as soon as it is on again; one that failed is
 * tried again after {@link #RETRY}.
 */
public record DailySchedule(LocalTime at, ZoneId zone) {

    static final Duration RETRY = Duration.ofHours(1);

    /**
     * Whether a backup should be taken now.
     *
     * @param lastGood when the newest good backup was begun; where there is none, when the service started
     * @param lastAttempt when the newest backup of any kind was begun; where there is none, when the service started
     */
    boolean due(Instant lastGood, Instant lastAttempt, Instant now) {
        Instant moment = latestDue(now);
        boolean triedAlready =
                !lastAttempt.isBefore(moment) && lastAttempt.plus(RETRY).isAfter(now);
        return lastGood.isBefore(moment) && !triedAlready;
    }

    /** The last moment, not after now, at which a backup should have begun. */
    Instant latestDue(Instant now) {
        ZonedDateTime here = now.atZone(zone);
        // A time that a change of the clocks leaves out moves to the next one there is.
        Instant today = here.toLocalDate().atTime(at).atZone(zone).toInstant();
        return today.isAfter(now)
                ? here.toLocalDate().minusDays(1).atTime(at).atZone(zone).toInstant()
                : today;
    }
}
