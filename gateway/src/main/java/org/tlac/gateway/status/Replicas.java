package org.tlac.gateway.status;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.gateway.upstream.Addresses;
import org.tlac.platform.metrics.Owner;

/** Every running process of every service, found through the addresses that its management host name resolves to. */
public final class Replicas {

    private static final Logger LOG = LoggerFactory.getLogger(Replicas.class);
    private static final Duration TIMEOUT = Duration.ofMillis(1500);

    private final Map<Owner, List<URI>> addresses;
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(1))
            .version(HttpClient.Version.HTTP_1_1)
            .build();

    /** @param addresses management base addresses; a host name stands for all replicas it resolves to */
    public Replicas(Map<Owner, List<URI>> addresses) {
        this.addresses = Map.copyOf(addresses);
    }

    /**
     * What one replica answered.
     *
     * @param status 0 when it could not be reached
     */
    record Answer(Owner owner, int status, String body) {}

    /** Asks every replica of every service at once; one that does not answer in time is reported as such, never waited for. */
    List<Answer> askAll(String path) {
        List<CompletableFuture<Answer>> asked = new ArrayList<>();
        for (Owner owner : Owner.values()) {
            replicas(owner).map(base -> ask(owner, base, path)).forEach(asked::add);
        }
        return asked.stream().map(CompletableFuture::join).toList();
    }

    private Stream<URI> replicas(Owner owner) {
        return Optional.ofNullable(addresses.get(owner)).orElse(List.of()).stream()
                .flatMap(base -> resolve(base).stream());
    }

    /** A name without addresses is asked as it stands, and reported as unreachable. */
    private static List<URI> resolve(URI base) {
        List<URI> replicas = Addresses.of(base);
        return replicas.isEmpty() ? List.of(base) : replicas;
    }

    private CompletableFuture<Answer> ask(Owner owner, URI base, String path) {
        HttpRequest request =
                HttpRequest.newBuilder(base.resolve(path)).timeout(TIMEOUT).build();
        return http.sendAsync(request, BodyHandlers.ofString())
                .thenApply((HttpResponse<String> answer) -> new Answer(owner, answer.statusCode(), answer.body()))
                .exceptionally(e -> {
                    LOG.debug("{} at {} does not answer", owner.id(), base, e);
                    return new Answer(owner, 0, "");
                });
    }
}
