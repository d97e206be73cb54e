package org.tlac.gateway.status;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.gateway.upstream.Addresses;
import org.tlac.gateway.upstream.ReplicaClients;
import org.tlac.gateway.upstream.RequestThreads;
import org.tlac.gateway.upstream.ServiceClient;
import org.tlac.gateway.upstream.ServiceClient.Request;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.metrics.ServiceName;

/** Every running process of every service, found through the addresses that its management host name resolves to. */
public final class Replicas {

    private static final Logger LOG = LoggerFactory.getLogger(Replicas.class);

    private final Map<ServiceName, List<URI>> addresses;
    private final Addresses names;
    private final ReplicaClients clients;
    private final RequestThreads threads = new RequestThreads();

    /** @param addresses management base addresses; a host name stands for all replicas it resolves to */
    public Replicas(Map<ServiceName, List<URI>> addresses, Addresses names, ReplicaClients clients) {
        this.names = names;
        this.addresses = Map.copyOf(addresses);
        this.clients = clients;
    }

    /**
     * What one replica answered.
     *
     * @param status 0 when it could not be reached
     */
    record Answer(ServiceName owner, int status, String body) {}

    /** Asks every replica of every service at once; one that does not answer in time is reported as such, never waited for. */
    List<Answer> askAll(String path) {
        List<CompletableFuture<Answer>> asked = new ArrayList<>();
        for (ServiceName owner : ServiceName.values()) {
            replicas(owner)
                    .map(base -> threads.begin(() -> ask(owner, base, path)))
                    .forEach(asked::add);
        }
        return asked.stream().map(CompletableFuture::join).toList();
    }

    private Stream<URI> replicas(ServiceName owner) {
        return Optional.ofNullable(addresses.get(owner)).orElse(List.of()).stream()
                .flatMap(base -> resolve(base).stream());
    }

    /** A name without addresses is asked as it stands, and reported as unreachable. */
    private List<URI> resolve(URI base) {
        List<URI> replicas = names.of(base);
        return replicas.isEmpty() ? List.of(base) : replicas;
    }

    private Answer ask(ServiceName owner, URI base, String path) {
        try {
            ServiceClient.Answer answer = clients.at(base).send(Request.get(path));
            return new Answer(owner, answer.status(), answer.text());
        } catch (ApiError e) {
            LOG.debug("{} at {} does not answer", owner.id(), base, e);
            return new Answer(owner, 0, "");
        }
    }
}
