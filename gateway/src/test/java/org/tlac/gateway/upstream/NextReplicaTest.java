package org.tlac.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class NextReplicaTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private volatile InetAddress[] known;

    private final NextReplica resolver = new NextReplica("runner-service", 8083, Duration.ZERO, host -> known);

    NextReplicaTest() throws UnknownHostException {
        known = addresses("10.0.0.1", "10.0.0.2", "10.0.0.3");
    }

    private static InetAddress[] addresses(String... literals) throws UnknownHostException {
        List<InetAddress> addresses = new ArrayList<>();
        for (String literal : literals) {
            addresses.add(InetAddress.getByName(literal));
        }
        return addresses.toArray(InetAddress[]::new);
    }

    private static String address(NextReplica.Replica replica) {
        return replica.address().getAddress().getHostAddress();
    }

    private String next() {
        return address(resolver.inTurn(PATIENCE).getFirst());
    }

    @Test
    void calls_goToEveryReplicaInTurn() {
        assertThat(List.of(next(), next(), next(), next()))
                .containsExactly("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.1");
        assertThat(resolver.inTurn(PATIENCE).stream().map(NextReplicaTest::address))
                .containsExactly("10.0.0.2", "10.0.0.3", "10.0.0.1");
    }

    @Test
    void replicaThatIsGone_isNotAskedAgain() throws UnknownHostException {
        next();
        known = addresses("10.0.0.3");
        Set<String> asked;
        do {
            // DNS is asked beside the calls: its answer is for those that come after it.
            asked = new TreeSet<>(IntStream.range(0, 3).mapToObj(i -> next()).toList());
        } while (!asked.equals(Set.of("10.0.0.3")));
    }

    @Test
    void replicaThatRefused_isTriedLast() {
        resolver.inTurn(PATIENCE).getFirst().refused();
        for (int i = 0; i < 3; i++) {
            List<NextReplica.Replica> order = resolver.inTurn(PATIENCE);
            assertThat(order).hasSize(3);
            assertThat(address(order.getLast())).isEqualTo("10.0.0.1");
        }
    }

    @Test
    void nameWithBothKindsOfAddresses_isAskedAtTheOlderKind() throws UnknownHostException {
        known = addresses("::1", "127.0.0.1");
        assertThat(resolver.inTurn(PATIENCE).stream().map(NextReplicaTest::address))
                .containsExactly("127.0.0.1");
    }

    @Test
    void silentDns_delaysNobodyThatWasAnsweredBefore_andOthersForAsLongAsTheyWait() {
        CountDownLatch never = new CountDownLatch(1);
        boolean[] silent = {false};
        NextReplica slow = new NextReplica("runner-service", 8083, Duration.ZERO, host -> {
            if (silent[0]) {
                wait(never);
            }
            return known;
        });
        slow.inTurn(PATIENCE);
        silent[0] = true;
        for (int i = 0; i < 100; i++) {
            assertThat(slow.inTurn(PATIENCE)).hasSize(3);
        }
        NextReplica unanswered = new NextReplica("runner-service", 8083, Duration.ZERO, host -> {
            wait(never);
            return known;
        });
        assertThatThrownBy(() -> unanswered.inTurn(Duration.ofMillis(50)))
                .hasCauseInstanceOf(UnknownHostException.class);
        never.countDown();
    }

    private static void wait(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void unknownName_isToldAsSuch_andAskedForAgain() throws UnknownHostException {
        NextReplica unknown = new NextReplica("nobody", 80, Duration.ZERO, host -> {
            throw new UnknownHostException(host);
        });
        assertThatThrownBy(() -> unknown.inTurn(PATIENCE)).hasRootCauseInstanceOf(UnknownHostException.class);
        known = new InetAddress[0];
        assertThatThrownBy(this::next).hasRootCauseInstanceOf(UnknownHostException.class);
        known = addresses("10.0.0.4");
        assertThat(next()).isEqualTo("10.0.0.4");
    }
}
