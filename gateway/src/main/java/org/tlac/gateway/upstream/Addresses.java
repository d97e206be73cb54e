package org.tlac.gateway.upstream;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;

/** What a host name stands for: in Docker and Kubernetes every replica of a service. */
public final class Addresses {

    private Addresses() {}

    /** One base address for each replica; none when the name is unknown, because no replica is up or DNS is away. */
    public static List<URI> of(URI base) {
        try {
            return Stream.of(InetAddress.getAllByName(base.getHost()))
                    .map(address -> address.getHostAddress().contains(":")
                            ? "[" + address.getHostAddress() + "]"
                            : address.getHostAddress())
                    .map(host -> URI.create(base.getScheme() + "://" + host + ":" + base.getPort()))
                    .toList();
        } catch (UnknownHostException e) {
            return List.of();
        }
    }
}
