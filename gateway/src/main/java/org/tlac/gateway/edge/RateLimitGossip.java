package org.tlac.gateway.edge;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.gateway.upstream.Addresses;
import org.tlac.gateway.upstream.ReplicaClients;
import org.tlac.gateway.upstream.RequestThreads;
import org.tlac.gateway.upstream.ServiceClient.Answer;
import org.tlac.gateway.upstream.ServiceClient.Request;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Json;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;
import org.tlac.platform.identity.ServiceSecret;

/**
 * The calls that other replicas of the gateway let through within the last minute, so that a user's limit is one limit and not one for each
 * replica. Replicas ask each other once a second: within it, and while they cannot reach each other, a user may get a little more, and a
 * call waits for nothing. A gateway that is alone asks nobody.
 */
public final class RateLimitGossip implements AutoCloseable {

    static final String PATH = "/internal/calls";

    private static final Logger LOG = LoggerFactory.getLogger(RateLimitGossip.class);
    private static final Duration PACE = Duration.ofSeconds(1);

    /** What a replica said counts for so long: longer than it takes to ask again, shorter than its end would matter. */
    private static final Duration TRUST = Duration.ofSeconds(5);

    private final String name = UUID.randomUUID().toString();
    private final List<URI> addresses;
    private final ServiceSecret secret;
    private final RateLimits limits;
    private final InstantSource clock;
    private final Map<String, Said> said = new ConcurrentHashMap<>();
    private final Addresses names;
    private final ReplicaClients clients;
    private final RequestThreads threads = new RequestThreads();
    private final Thread asking = Thread.ofVirtual().name("peers").unstarted(this::askOn);

    private record Said(Instant at, Map<String, Integer> calls) {}

    /** @param addresses management base addresses of the gateway; a host name stands for all replicas it resolves to, this one among them */
    public RateLimitGossip(
            List<URI> addresses,
            Addresses names,
            ReplicaClients clients,
            ServiceSecret secret,
            RateLimits limits,
            InstantSource clock) {
        this.names = names;
        this.clients = clients;
        this.addresses = List.copyOf(addresses);
        this.secret = secret;
        this.limits = limits;
        this.clock = clock;
        limits.countAlso(this::calls);
    }

    public void start() {
        asking.start();
    }

    private void askOn() {
        try {
            while (true) {
                Thread.sleep(PACE);
                askAll();
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    /** What this replica tells the others, on the management listener. */
    public Routes routes() {
        return Routes.of(Route.get(PATH, Access.ANYONE, this::tell));
    }

    private Reply tell(Call call) {
        if (!call.header("Authorization")
                .filter(given -> secret.matches(given.replaceFirst("^Bearer ", "")))
                .isPresent()) {
            throw ApiError.notAuthenticated();
        }
        return Reply.json(Map.of("replica", name, "calls", limits.recent()));
    }

    /** Calls of this user and class that others let through. */
    private int calls(String key) {
        Instant now = clock.instant();
        return said.values().stream()
                .filter(one -> one.at().plus(TRUST).isAfter(now))
                .mapToInt(one -> one.calls().getOrDefault(key, 0))
                .sum();
    }

    /** Asks every replica and waits for the answers. */
    void askAll() {
        List<URI> replicas =
                addresses.stream().flatMap(base -> names.of(base).stream()).toList();
        if (replicas.size() > 1) {
            List<CompletableFuture<Boolean>> answers =
                    replicas.stream().map(this::ask).toList();
            answers.forEach(CompletableFuture::join);
        }
        Instant now = clock.instant();
        said.values().removeIf(one -> !one.at().plus(TRUST).isAfter(now));
    }

    private CompletableFuture<Boolean> ask(URI replica) {
        return threads.begin(() -> {
            try {
                return hear(clients.at(replica).send(Request.get(PATH).with("Authorization", secret.bearer())));
            } catch (RuntimeException e) {
                LOG.debug("The gateway at {} does not answer", replica, e);
                return false;
            }
        });
    }

    private boolean hear(Answer answer) {
        if (answer.status() != 200) {
            return false;
        }
        JsonNode body = Json.tree(answer.text());
        String replica = body.required("replica").asText();
        if (!replica.equals(name)) {
            Map<String, Integer> calls = new HashMap<>();
            body.required("calls")
                    .properties()
                    .forEach(entry -> calls.put(entry.getKey(), entry.getValue().asInt()));
            said.put(replica, new Said(clock.instant(), calls));
        }
        return true;
    }

    @Override
    public void close() {
        asking.interrupt();
    }
}
