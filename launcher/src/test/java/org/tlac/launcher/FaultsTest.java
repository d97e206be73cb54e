package org.tlac.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.tlac.launcher.edge.Fault;
import org.tlac.launcher.edge.FaultRounds;
import org.tlac.launcher.edge.History;

/** Pupils save and read while parts behind the gateway fail: one round of each here, twenty in {@code bench/edge/run.sh faults}. */
class FaultsTest {

    private static final int PUPILS = 50;
    private static final Duration HOLD = Duration.ofSeconds(3);

    /** What a class notices first; the bench has the others. */
    private static final Set<String> CHOSEN = Set.of(
            "auth-service killed",
            "activity-service killed",
            "activity-service stopped",
            "activity-service slow",
            "activity-service refused",
            "activity-service half-answering",
            "postgres killed",
            "postgres stopped",
            "postgres disk full");

    private static FaultRounds rounds;
    private static History history;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private static Path folder;

    @BeforeAll
    static void letThemFail() throws Exception {
        try (FaultySchool school = FaultySchool.open(folder)) {
            rounds = school.pupils(PUPILS, HOLD);
            List<Fault> faults = school.faults().stream()
                    .filter(fault -> CHOSEN.contains(fault.name()))
                    .toList();
            for (Fault fault : faults) {
                rounds.round(fault);
            }
            history = rounds.finish();
            school.stop();
        }
    }

    @AfterAll
    static void tell() {
        System.out.println(rounds.markdown() + "\n" + history);
    }

    @Test
    void everyFault_wasNoticed_andEverybodyWorkedAgain() {
        assertThat(rounds.rounds())
                .hasSizeGreaterThanOrEqualTo(CHOSEN.size() - 1)
                .allSatisfy(round -> {
                    assertThat(round.outcomes().getOrDefault("200", 0)).isPositive();
                    assertThat(round.recovered()).as(round.toString()).isTrue();
                });
        assertThat(rounds.rounds().stream()
                        .filter(round ->
                                round.outcomes().size() > 1 || round.slowest().compareTo(Duration.ofSeconds(1)) > 0))
                .as("faults that pupils notice")
                .hasSizeGreaterThanOrEqualTo(rounds.rounds().size() - 1);
    }

    @Test
    void nothingAcknowledged_isLostOrDoubled() {
        assertThat(history.acknowledged()).isGreaterThan(PUPILS);
        assertThat(history.lost())
                .as("acknowledged saves that are in no revision")
                .isZero();
        assertThat(history.doubled())
                .as("saves that are in more than one revision")
                .isZero();
    }

    /** Five seconds are the goal and what the bench judges by; a busy machine gets longer here. */
    @Test
    void everyCall_getsTheRightAnswerOr503_soon_andEverybodyWorksAgainSoon() {
        assertThat(rounds.rounds()).allSatisfy(round -> {
            assertThat(round.others()).as(round.toString()).isZero();
            assertThat(round.slowest()).as(round.toString()).isLessThan(Duration.ofSeconds(10));
            assertThat(round.recovery()).as(round.toString()).isLessThan(Duration.ofSeconds(20));
        });
    }
}
