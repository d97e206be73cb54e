package org.tlac.backup.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tlac.backup.catalogue.Backup;
import org.tlac.backup.catalogue.Backup.Status;

class RetentionTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    /**
     * Each letter is a backup, the newest first, one a day, the first of now: P proven, S good but not proven, F failed, R running,
     * V good and being proven. The answer has a dash where one may go.
     */
    @ParameterizedTest
    @CsvSource({
        "PPPPP, 0, 0, PPPPP",
        "PPPPP, 3, 0, PPP--",
        "PPPPP, 0, 2, PPP--",
        "PPPPP, 4, 2, PPP--",
        "PPPPP, 2, 9, PP---",
        // The last proven one stays, however old and however many good ones came after it.
        "SSSSP, 2, 0, SS--P",
        "SSSSP, 2, 1, SS--P",
        "FFFPP, 1, 1, F--P-",
        "FFFFF, 2, 0, FF---",
        "FFFFF, 0, 1, FF---",
        // Failed ones take no place of good ones.
        "FPFPF, 2, 0, FPFP-",
        "RPPPP, 1, 0, RP---",
        "PPPPR, 1, 1, P---R",
        "PPPPV, 1, 1, P---V",
        "'', 1, 1, ''",
    })
    void whatMayGo(String backups, int count, int days, String kept) {
        List<Backup> all = new ArrayList<>();
        for (int i = 0; i < backups.length(); i++) {
            all.add(backup(i, backups.charAt(i)));
        }
        List<Backup> shuffled = new ArrayList<>(all);
        Collections.reverse(shuffled);

        List<Backup> expired = new Retention(count, Duration.ofDays(days)).expired(shuffled, NOW);

        StringBuilder answer = new StringBuilder();
        for (int i = 0; i < all.size(); i++) {
            answer.append(expired.contains(all.get(i)) ? '-' : backups.charAt(i));
        }
        assertThat(answer.toString()).isEqualTo(kept);
    }

    @Test
    void negativeRules_areRefused() {
        assertThatThrownBy(() -> new Retention(-1, Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Retention(1, Duration.ofDays(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    private static Backup backup(int daysOld, char kind) {
        Instant at = NOW.minus(Duration.ofDays(daysOld));
        Status status = switch (kind) {
            case 'F' -> Status.FAILED;
            case 'R' -> Status.RUNNING;
            default -> Status.SUCCESS;
        };
        return new Backup(
                100 - daysOld,
                "folder-" + daysOld,
                status,
                at,
                status == Status.RUNNING ? null : at,
                status == Status.SUCCESS ? 1L : null,
                status == Status.SUCCESS ? 1L : null,
                Map.of(),
                kind == 'V' ? at : null,
                kind == 'P' ? at : null,
                null);
    }
}
