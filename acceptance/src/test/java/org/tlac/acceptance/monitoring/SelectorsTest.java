package org.tlac.acceptance.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectorsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            up                                                                | up
            sum by (job) (rate(a_total{x="}", y=~"[45].."}[5m]))              | a_total{x="}", y=~"[45].."}
            sum(a) / on (job, instance) group_left (version) b{c="d"} > 0.5   | a ; b{c="d"}
            time() - max(t) > 86400 or absent(t)                              | t ; t
            (min_over_time(a[5m]) unless a offset 5m) and time() - s < 300    | a ; a ; s
            vector(1)                                                         | ``
            histogram_quantile(0.95, sum by (le) (rate(h_bucket[$x]))) == Inf | h_bucket
            job:a:rate5m{job="g"} * 0 or {__name__=~"x.*"}                    | job:a:rate5m{job="g"} ; {__name__=~"x.*"}
            label_replace(a, "born", "late", "", "")                          | a
            """)
    void selectors_areFound_andNothingElse(String expression, String expected) {
        assertThat(Selectors.of(expression)).isEqualTo(expected.isEmpty() ? List.of() : List.of(expected.split(" ; ")));
    }
}
