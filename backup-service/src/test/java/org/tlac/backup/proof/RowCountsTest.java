package org.tlac.backup.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowCountsTest {

    @Test
    void sameRows_differInNothing() {
        assertThat(RowCounts.differences(Map.of("a.b", 1L), Map.of("a.b", 1L))).isEmpty();
    }

    @Test
    void everyDifference_isASentence() {
        assertThat(RowCounts.differences(
                        Map.of("a.b", 1L, "a.c", 5L, "a.d", 2L), Map.of("a.b", 1L, "a.c", 4L, "a.e", 0L)))
                .containsExactly(
                        "Table a.c had 5 rows, 4 came back.",
                        "Table a.d did not come back.",
                        "Table a.e came back but was not there.");
    }

    @Test
    void manyDifferences_areToldInPart() {
        assertThat(new Proof.Disagrees(Collections.nCopies(7, "X.")).sentence())
                .isEqualTo("The backup could not be proven. X. X. X. X. X. And 2 more.");
    }
}
