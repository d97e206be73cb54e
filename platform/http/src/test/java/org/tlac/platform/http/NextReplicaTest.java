package org.tlac.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.webclient.api.DnsAddressLookup;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NextReplicaTest {

    private InetAddress[] known;

    private final NextReplica resolver = new NextReplica(host -> known);

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

    private String next() {
        return resolver.resolveAddress("runner-service", DnsAddressLookup.IPV4_PREFERRED)
                .getHostAddress();
    }

    @Test
    void connections_goToEveryReplicaInTurn() {
        assertThat(List.of(next(), next(), next(), next()))
                .containsExactly("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.1");
    }

    @Test
    void replicaThatIsGone_isNotAskedAgain() throws UnknownHostException {
        next();
        next();
        known = addresses("10.0.0.3");
        assertThat(List.of(next(), next())).containsOnly("10.0.0.3");
    }

    @Test
    void unknownName_isToldAsSuch() {
        NextReplica unknown = new NextReplica(host -> {
            throw new UnknownHostException(host);
        });
        assertThatThrownBy(() -> unknown.resolveAddress("nobody", DnsAddressLookup.IPV4_PREFERRED))
                .hasRootCauseInstanceOf(UnknownHostException.class);
        known = new InetAddress[0];
        assertThatThrownBy(this::next).hasRootCauseInstanceOf(UnknownHostException.class);
    }
}
