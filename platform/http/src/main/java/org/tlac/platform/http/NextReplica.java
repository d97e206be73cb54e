package org.tlac.platform.http;

import io.helidon.webclient.api.DnsAddressLookup;
import io.helidon.webclient.spi.DnsResolver;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Gives each new connection the next address of a name, which in Docker stands for every replica of a service. The client's own choice,
 * the first one, is the same replica for as long as the JVM remembers the answer.
 */
final class NextReplica implements DnsResolver {

    /** All addresses of a name. */
    @FunctionalInterface
    interface Lookup {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    private final Lookup lookup;
    private final AtomicInteger turn = new AtomicInteger();

    NextReplica(Lookup lookup) {
        this.lookup = lookup;
    }

    /** @throws UncheckedIOException when the name is unknown or has no address of a wanted kind */
    @Override
    public InetAddress resolveAddress(String host, DnsAddressLookup kinds) {
        try {
            InetAddress[] addresses = kinds.filter(lookup.addresses(host));
            if (addresses.length == 0) {
                throw new UnknownHostException(host);
            }
            return addresses[Math.floorMod(turn.getAndIncrement(), addresses.length)];
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }
}
