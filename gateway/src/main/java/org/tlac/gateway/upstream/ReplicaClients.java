package org.tlac.gateway.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.tlac.gateway.upstream.ServiceClient.Patience;

/** A client to each process by its address, for questions that every one of them is asked: how it is, what it counted. */
public final class ReplicaClients {

    private static final int MAX_REPLICAS = 256;

    private final Duration timeout;
    private final int maxAnswerBytes;
    private final ConnectionWatch watch;
    private final Cache<URI, ServiceClient> clients = Caffeine.newBuilder()
            .maximumSize(MAX_REPLICAS)
            .expireAfterAccess(Duration.ofMinutes(10))
            .removalListener((@Nullable URI address, @Nullable ServiceClient gone, RemovalCause why) -> {
                if (gone != null) {
                    gone.close();
                }
            })
            .build();

    /**
     * No clients yet.
     *
     * @param timeout a question, to the last byte of its answer
     * @param maxAnswerBytes a larger answer counts as none
     */
    public ReplicaClients(Duration timeout, int maxAnswerBytes, ConnectionWatch watch) {
        this.timeout = timeout;
        this.maxAnswerBytes = maxAnswerBytes;
        this.watch = watch;
    }

    /** @param base its management or public address */
    public ServiceClient at(URI base) {
        return clients.get(base, this::client);
    }

    private ServiceClient client(URI base) {
        return new ServiceClient(
                ServiceClient.Config.of("service", base)
                        .withConnectTimeout(timeout)
                        .withPatience(Patience.of(timeout))
                        .withMaxAnswerBytes(maxAnswerBytes)
                        .withIdle(1, Duration.ofSeconds(15)),
                watch);
    }
}
