package org.tlac.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The limits of connections by number, at their edges, for addresses that a test on one machine cannot have. */
class ConnectionsTest {

    private final List<String> refused = new ArrayList<>();
    private int port = 1000;

    @Test
    void connectionsOfOneAddress_areBounded_otherAddressesGetIn() {
        Connections connections = connections(100, 0, 2);
        connections.configureSocket(from("10.0.0.1"));
        connections.configureSocket(from("10.0.0.1"));
        assertThatThrownBy(() -> connections.configureSocket(from("10.0.0.1")))
                .isInstanceOf(UncheckedIOException.class);
        connections.configureSocket(from("10.0.0.2"));
        assertThat(connections.count()).isEqualTo(3);
        assertThat(refused).containsExactly("address");
    }

    @Test
    void trustedProxyAndThisMachine_openAsManyAsThereAre() {
        Connections connections = connections(100, 0, 1);
        for (int i = 0; i < 5; i++) {
            connections.configureSocket(from("10.9.9.9"));
            connections.configureSocket(from("127.0.0.1"));
        }
        assertThat(connections.count()).isEqualTo(10);
        assertThat(refused).isEmpty();
    }

    @Test
    void connectionAboveTheLimit_takesTheReserve_oneMoreIsRefused() {
        Connections connections = connections(2, 1, 100);
        Peer third = null;
        for (int i = 1; i <= 3; i++) {
            third = from("10.0.0." + i);
            connections.configureSocket(third);
        }
        assertThat(connections.find(third.getRemoteSocketAddress(), third.getLocalSocketAddress()))
                .hasValueSatisfying(
                        connection -> assertThat(connection.reserved()).isTrue());
        assertThatThrownBy(() -> connections.configureSocket(from("10.0.0.4")))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(refused).containsExactly("total");
    }

    @Test
    void connectionThatWaitsLongest_makesRoomForANewOne() {
        Connections connections = connections(2, 0, 100);
        Peer oldest = from("10.0.0.1");
        Peer busy = from("10.0.0.2");
        connections.configureSocket(oldest);
        connections.configureSocket(busy);
        Connection call = connections
                .find(busy.getRemoteSocketAddress(), busy.getLocalSocketAddress())
                .orElseThrow();
        call.callBegins();
        await().until(() -> tryToOpen(connections, from("10.0.0.3")));
        assertThat(oldest.isClosed()).isTrue();
        assertThat(busy.isClosed()).isFalse();
        assertThat(connections.count()).isEqualTo(2);
    }

    private static boolean tryToOpen(Connections connections, Peer peer) {
        try {
            connections.configureSocket(peer);
            return true;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    @Test
    void closedConnections_areForgotten_whoeverClosedThem() {
        Connections connections = connections(100, 0, 1);
        Peer peer = from("10.0.0.1");
        connections.configureSocket(peer);
        peer.close();
        connections.sweep();
        assertThat(connections.count()).isZero();
        connections.configureSocket(from("10.0.0.1"));
    }

    @Test
    void samePort_usedAgainBeforeTheSweep_countsOnce() {
        Connections connections = connections(100, 0, 100);
        Peer first = new Peer("10.0.0.1", 5000);
        connections.configureSocket(first);
        first.close();
        connections.configureSocket(new Peer("10.0.0.1", 5000));
        assertThat(connections.count()).isOne();
    }

    @Test
    void shortOfMemory_aShareOfThoseThatWaitIsClosed_theLongestFirst() {
        Connections connections = connections(100, 0, 100);
        List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            Peer peer = from("10.0.0.1");
            connections.configureSocket(peer);
            peers.add(peer);
        }
        connections.shed(0.1);
        assertThat(peers.subList(0, 2)).allMatch(Socket::isClosed);
        assertThat(peers.subList(2, 11)).noneMatch(Socket::isClosed);
        assertThat(connections.count()).isEqualTo(9);
        assertThat(refused).containsExactly("total", "total");
        connections.shed(0);
        assertThat(connections.count()).isEqualTo(9);
    }

    @Test
    void callsAtOnce_areBounded_andAPlaceComesBack() throws Exception {
        Connections connections =
                new Connections(ConnectionLimits.DEFAULT.atMost(10, 0, 10, 1), false, address -> false, refused::add);
        assertThat(connections.beginCall()).isTrue();
        assertThat(connections.beginCall()).isFalse();
        connections.endCall();
        assertThat(connections.beginCall()).isTrue();
    }

    private Connections connections(int max, int reserve, int perAddress) {
        ConnectionLimits limits = ConnectionLimits.DEFAULT
                .within(Duration.ofMinutes(1), Duration.ofMinutes(1))
                .atMost(max, reserve, perAddress, 100);
        return new Connections(
                limits, false, address -> address.getHostAddress().equals("10.9.9.9"), refused::add);
    }

    private Peer from(String address) {
        return new Peer(address, port++);
    }

    /** A socket that says it comes from somewhere. */
    private static final class Peer extends Socket {

        private final InetSocketAddress remote;
        private boolean closed;

        Peer(String address, int port) {
            this.remote = new InetSocketAddress(address(address), port);
        }

        private static InetAddress address(String literal) {
            return new InetSocketAddress(literal, 0).getAddress();
        }

        @Override
        public SocketAddress getRemoteSocketAddress() {
            return remote;
        }

        @Override
        public SocketAddress getLocalSocketAddress() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 443);
        }

        @Override
        public synchronized void close() {
            closed = true;
        }

        @Override
        public boolean isClosed() {
            return closed;
        }
    }
}
