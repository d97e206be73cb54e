package org.tlac.gateway.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.identity.ServiceSecret;

/**
 * The replicas of runner-service, one by one, for programs that live in one of them. Each has a name that every gateway gives it, made
 * from its address with the gateways' secret: a client that holds a name learns no address from it, and can lead us to none but those
 * that the configuration resolves to.
 */
public final class RunnerReplicas {

    private static final String MAC = "HmacSHA256";
    private static final int NAME_BYTES = 8;
    private static final int MAX_REPLICAS = 256;

    private final String title;
    private final List<URI> addresses;
    private final Addresses names;
    private final ServiceSecret secret;
    private final UpstreamConfig config;
    private final ConnectionWatch watch;
    private final Cache<URI, Upstream> upstreams = Caffeine.newBuilder()
            .maximumSize(MAX_REPLICAS)
            .expireAfterAccess(Duration.ofMinutes(10))
            .removalListener((@Nullable URI address, @Nullable Upstream gone, RemovalCause why) -> {
                if (gone != null) {
                    gone.close();
                }
            })
            .build();

    /** @param name of 16 hexadecimal digits */
    public record Replica(String name, Upstream upstream) {}

    /**
     * Replicas by address.
     *
     * @param title what messages to clients call the service
     * @param addresses public base addresses; a host name stands for all replicas it resolves to
     */
    public RunnerReplicas(
            String title,
            List<URI> addresses,
            Addresses names,
            ServiceSecret secret,
            UpstreamConfig config,
            ConnectionWatch watch) {
        this.title = title;
        this.addresses = List.copyOf(addresses);
        this.names = names;
        this.secret = secret;
        this.config = config;
        this.watch = watch;
    }

    /**
     * All that there are now, in the order in which a user's programs should try them. The same user comes to the same replica through
     * every gateway, so that one program a user stays one; users spread evenly, and a replica more or less moves few of them.
     */
    public List<Replica> forUser(long userId) {
        return all().sorted(Comparator.comparing(replica -> mac(replica.name() + ' ' + userId)))
                .toList();
    }

    /** The replica of that name, as long as it is one of ours. */
    public Optional<Replica> named(String name) {
        return all().filter(replica -> replica.name().equals(name)).findFirst();
    }

    private Stream<Replica> all() {
        return addresses.stream()
                .flatMap(base -> names.of(base).stream())
                .distinct()
                .map(address -> new Replica(
                        mac(address.toString()),
                        upstreams.get(address, missing -> new Upstream(title, missing, secret, config, watch))));
    }

    private String mac(String text) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(secret.bearer().getBytes(StandardCharsets.UTF_8), MAC));
            byte[] whole = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(whole, 0, NAME_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has " + MAC, e);
        }
    }
}
