package org.tlac.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientAddressTest {

    @ParameterizedTest
    @CsvSource({
        // From a stranger the header is a lie until proven otherwise.
        "9.9.9.9, 1.2.3.4, 9.9.9.9",
        "10.1.2.3, 1.2.3.4, 1.2.3.4",
        "10.1.2.3, '6.6.6.6, 1.2.3.4', 1.2.3.4",
        "10.1.2.3, '6.6.6.6, 1.2.3.4, 10.9.9.9', 1.2.3.4",
        "10.1.2.3, '', 10.1.2.3",
        "10.1.2.3, evil.example, 10.1.2.3",
        "10.1.2.3, 'unknown, 1.2.3.4', 1.2.3.4",
        "11.0.0.1, 1.2.3.4, 11.0.0.1",
        "192.168.7.1, 1.2.3.4, 1.2.3.4",
        "192.168.7.2, 1.2.3.4, 192.168.7.2",
        "172.16.5.1, 1.2.3.4, 1.2.3.4",
        "172.16.8.1, 1.2.3.4, 172.16.8.1",
        "fd00:0:0:0:0:0:0:1, 2001:db8::1, 2001:db8::1",
        "fe00:0:0:0:0:0:0:1, 2001:db8::1, fe00:0:0:0:0:0:0:1"
    })
    void forwardedFor_countsAsFarAsTheProxiesAreTrusted(String peer, String forwardedFor, String expected) {
        ClientAddress address =
                ClientAddress.trusting(List.of("10.0.0.0/8", "192.168.7.1", "172.16.0.0/21", "fd00::/8"));
        assertThat(address.of(peer, forwardedFor)).isEqualTo(expected);
    }

    @Test
    void withoutTrustedProxies_thePeerIsTheClient() {
        assertThat(ClientAddress.trusting(List.of()).of("10.1.2.3", "1.2.3.4")).isEqualTo("10.1.2.3");
    }

    @Test
    void networksOfAnotherForm_stopTheStart() {
        for (String wrong : List.of("proxy.example", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/x", "")) {
            assertThatThrownBy(() -> ClientAddress.trusting(List.of(wrong)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
