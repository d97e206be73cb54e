package org.tlac.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class BodyBudgetTest {

    private static final int MAX_BODY = 10;
    private static final int ONE_BODY = (BodyBudget.RAW_FACTOR + BodyBudget.JSON_FACTOR) * MAX_BODY;

    private static BodyBudget budget(long bytes) {
        return new BodyBudget(bytes, MAX_BODY, true, Duration.ZERO);
    }

    @Test
    void oneBodyOfTheGreatestLength_alwaysFits() {
        BodyBudget tiny = budget(1);
        BodyBudget.Share share = tiny.share("ada");
        share.take(ONE_BODY);
        assertThatThrownBy(() -> tiny.share("bob").take(1))
                .isInstanceOfSatisfying(
                        ApiError.class, refusal -> assertThat(refusal.status()).isEqualTo(503));
        share.close();
        assertThatCode(() -> tiny.share("bob").take(ONE_BODY)).doesNotThrowAnyException();
    }

    @Test
    void oneHolder_getsAQuarter_othersTheRest() {
        BodyBudget budget = budget(8 * ONE_BODY);
        BodyBudget.Share first = budget.share("ada");
        first.take(ONE_BODY);
        budget.share("ada").take(ONE_BODY);
        assertThatThrownBy(() -> budget.share("ada").take(1)).isInstanceOf(ApiError.class);
        budget.share("bob").take(2 * ONE_BODY);
        first.close();
        assertThatCode(() -> budget.share("ada").take(ONE_BODY)).doesNotThrowAnyException();
    }

    @Test
    void closing_givesBackOnce() {
        BodyBudget budget = budget(ONE_BODY);
        BodyBudget.Share share = budget.share("ada");
        share.take(3);
        share.take(4);
        assertThat(budget.taken()).isEqualTo(7);
        share.close();
        share.close();
        assertThat(budget.taken()).isZero();
    }

    @Test
    void refusedShare_holdsNothing() {
        BodyBudget budget = budget(ONE_BODY);
        BodyBudget.Share share = budget.share("ada");
        assertThatThrownBy(() -> share.take(ONE_BODY + 1)).isInstanceOf(ApiError.class);
        assertThat(budget.taken()).isZero();
    }

    @Test
    void whoeverWaits_getsWhatAnotherGivesBack() {
        BodyBudget budget = new BodyBudget(1, MAX_BODY, true, Duration.ofHours(1));
        BodyBudget.Share first = budget.share("ada");
        first.take(ONE_BODY);
        CompletableFuture<Void> waiting =
                CompletableFuture.runAsync(() -> budget.share("bob").take(ONE_BODY));
        first.close();
        waiting.join();
        assertThat(budget.taken()).isEqualTo(ONE_BODY);
    }
}
