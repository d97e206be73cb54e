package org.tlac.gateway.edge;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.tlac.platform.http.Call;

/**
 * Where a request comes from. {@code X-Forwarded-For} is a claim: it counts only as far as the proxies that wrote it are configured as
 * trusted, read from the right, where the nearest one wrote.
 */
public final class ClientAddress {

    /** Only literals: a name would make us ask DNS on behalf of a client. */
    private static final Pattern LITERAL = Pattern.compile("[0-9a-fA-F:.]{2,45}");

    private final List<Network> trusted;

    private record Network(InetAddress address, int bits) {

        static Network of(String text) {
            String[] parts = text.split("/", 2);
            InetAddress address = literal(parts[0]);
            int all = address.getAddress().length * 8;
            int bits = parts.length == 1 ? all : Integer.parseInt(parts[1]);
            if (bits < 0 || bits > all) {
                throw new IllegalArgumentException("proxy.trusted: no network has the form " + text);
            }
            return new Network(address, bits);
        }

        boolean contains(InetAddress other) {
            byte[] ours = address.getAddress();
            byte[] theirs = other.getAddress();
            if (ours.length != theirs.length) {
                return false;
            }
            int whole = bits / 8;
            int mask = 0xff << (8 - bits % 8);
            return Arrays.equals(ours, 0, whole, theirs, 0, whole)
                    && (bits % 8 == 0 || (ours[whole] & mask) == (theirs[whole] & mask));
        }
    }

    private ClientAddress(List<Network> trusted) {
        this.trusted = trusted;
    }

    /** @param networks addresses or CIDR networks of proxies; none means that nobody is believed */
    public static ClientAddress trusting(List<String> networks) {
        return new ClientAddress(networks.stream().map(Network::of).toList());
    }

    public String of(Call call) {
        // A proxy may add a line of its own below the client's.
        return of(call.peerAddress(), String.join(",", call.headerLines("X-Forwarded-For")));
    }

    /** The nearest address that is not one of our proxies. */
    String of(String peer, String forwardedFor) {
        List<String> hops =
                Arrays.stream(forwardedFor.split(",", -1)).map(String::strip).toList();
        String nearest = peer;
        for (int i = hops.size() - 1;
                i >= 0 && isTrusted(nearest) && LITERAL.matcher(hops.get(i)).matches();
                i--) {
            nearest = hops.get(i);
        }
        return nearest;
    }

    /** Whether this is one of our proxies, which opens connections for everybody behind it. */
    public boolean isProxy(InetAddress address) {
        return trusted.stream().anyMatch(network -> network.contains(address));
    }

    private boolean isTrusted(String address) {
        if (trusted.isEmpty()) {
            return false;
        }
        try {
            return isProxy(literal(address));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static InetAddress literal(String text) {
        if (!LITERAL.matcher(text).matches()) {
            throw new IllegalArgumentException("Not an IP address: " + text);
        }
        try {
            return InetAddress.getAllByName(text)[0];
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("Not an IP address: " + text, e);
        }
    }
}
