package org.tlac.backup.retention;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.tlac.backup.catalogue.Backup;

/**
 * Which backups are kept: the newest ones, and none that is too old. Whatever the rules say, the newest proven one stays, or a school whose
 * backups have been failing for a while would lose its last good one. One that runs stays too.
 *
 * @param count how many good ones are kept, and how many failed ones are remembered; 0 for any number
 * @param age after which a backup goes; zero for never
 */
public record Retention(int count, Duration age) {

    public Retention {
        if (count < 0 || age.isNegative()) {
            throw new IllegalArgumentException("backup.keepcount and backup.keepage must not be negative");
        }
    }

    /** Those that may go, in no particular order. */
    public List<Backup> expired(List<Backup> backups, Instant now) {
        List<Backup> newestFirst = backups.stream()
                .sorted(Comparator.comparing(Backup::startedAt)
                        .thenComparingLong(Backup::id)
                        .reversed())
                .toList();
        Optional<Backup> lastProven =
                newestFirst.stream().filter(Backup::proven).findFirst();
        List<Backup> expired = new ArrayList<>();
        int good = 0;
        int failed = 0;
        for (Backup backup : newestFirst) {
            int rank = switch (backup.status()) {
                case RUNNING -> 0;
                case SUCCESS -> ++good;
                case FAILED -> ++failed;
            };
            boolean kept = rank == 0 || lastProven.filter(backup::equals).isPresent() || backup.verifying();
            if (!kept && (tooMany(rank) || tooOld(backup, now))) {
                expired.add(backup);
            }
        }
        return expired;
    }

    private boolean tooMany(int rank) {
        return count > 0 && rank > count;
    }

    private boolean tooOld(Backup backup, Instant now) {
        return age.isPositive() && backup.startedAt().plus(age).isBefore(now);
    }
}
