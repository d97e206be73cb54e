package org.tlac.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AddressesTest {

    private static final URI BASE = URI.create("http://runner:8083");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static InetAddress[] two() throws UnknownHostException {
        return new InetAddress[] {InetAddress.getByName("10.0.0.1"), InetAddress.getByName("fd00::1")};
    }

    @Test
    void name_standsForAllItsAddresses() {
        assertThat(new Addresses(PATIENCE, host -> two()).of(BASE))
                .containsExactly(URI.create("http://10.0.0.1:8083"), URI.create("http://[fd00:0:0:0:0:0:0:1]:8083"));
    }

    @Test
    void unknownName_hasNone_untilItIsKnown() throws Exception {
        boolean[] known = {false};
        Addresses addresses = new Addresses(PATIENCE, host -> {
            if (!known[0]) {
                throw new UnknownHostException(host);
            }
            return two();
        });
        assertThat(addresses.of(BASE)).isEmpty();
        known[0] = true;
        assertThat(addresses.of(BASE)).hasSize(2);
    }

    @Test
    void silentDns_delaysNobodyThatWasAnsweredBefore_andOthersForAsLongAsTheyWait() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch askedAgain = new CountDownLatch(2);
        Addresses addresses = new Addresses(PATIENCE, host -> {
            askedAgain.countDown();
            if (askedAgain.getCount() == 0) {
                quietlyAwait(never);
            }
            return two();
        });
        while (!askedAgain.await(10, TimeUnit.MILLISECONDS)) {
            assertThat(addresses.of(BASE)).hasSize(2);
        }
        assertThat(addresses.of(BASE)).hasSize(2);
        Addresses unanswered = new Addresses(Duration.ofMillis(50), host -> {
            quietlyAwait(never);
            return two();
        });
        assertThat(unanswered.of(BASE)).isEmpty();
        never.countDown();
    }

    private static void quietlyAwait(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
