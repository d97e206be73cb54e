package org.tlac.auth.counts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.tlac.auth.counts.AccountCounts.Gauges;

class AccountGaugesTest {

    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 10);
    private boolean away;
    private boolean closed;
    private final AccountGauges gauges = new AccountGauges(this::count, () -> !closed, nanoTime::get);

    private Gauges count() {
        int times = asked.incrementAndGet();
        if (away) {
            throw new IllegalStateException("on purpose");
        }
        return new Gauges(times, 20, 30, 40);
    }

    @Test
    void allGaugesOfAScrape_costOneQuestion() {
        assertThat(gauges.value(Gauges::sessions)).isEqualTo(1);
        assertThat(gauges.value(Gauges::day)).isEqualTo(20);
        assertThat(gauges.value(Gauges::week)).isEqualTo(30);
        assertThat(gauges.value(Gauges::month)).isEqualTo(40);
        nanoTime.addAndGet(AccountGauges.REMEMBER_NANOS - 1);
        assertThat(gauges.value(Gauges::sessions)).isEqualTo(1);
        nanoTime.incrementAndGet();
        assertThat(gauges.value(Gauges::sessions)).isEqualTo(2);
        assertThat(asked).hasValue(2);
    }

    @Test
    void whileTheDatabaseIsAway_theLastNumbersStay_andItIsNotAskedEachTime() {
        gauges.value(Gauges::sessions);
        away = true;
        nanoTime.addAndGet(AccountGauges.REMEMBER_NANOS);
        assertThat(gauges.value(Gauges::sessions)).isEqualTo(1);
        assertThat(gauges.value(Gauges::day)).isEqualTo(20);
        assertThat(asked).hasValue(2);
        away = false;
        nanoTime.addAndGet(AccountGauges.REMEMBER_NANOS);
        assertThat(gauges.value(Gauges::sessions)).isEqualTo(3);
    }

    @Test
    void closedDatabase_isNotAsked() {
        gauges.value(Gauges::sessions);
        closed = true;
        nanoTime.addAndGet(AccountGauges.REMEMBER_NANOS);
        assertThat(gauges.value(Gauges::sessions)).isEqualTo(1);
        assertThat(asked).hasValue(1);
    }
}
