package org.tlac.gateway.upstream;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What host names stand for: in Docker and Kubernetes every replica of a service. Names are looked up beside the calls, so that a DNS
 * server which does not answer delays nobody who was answered before.
 */
public final class Addresses {

    /** The JVM keeps DNS' answers for longer by itself; this must only not be what adds to it. */
    private static final Duration REFRESH = Duration.ofSeconds(1);

    private final RequestThreads threads = new RequestThreads();
    private final Lookup lookup;
    private final Duration patience;
    private final Map<URI, Name> names = new ConcurrentHashMap<>();

    /** All addresses of a name. */
    @FunctionalInterface
    interface Lookup {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    /** What is known of a name, when it was asked for, and the question that is on its way. */
    private static final class Name {

        private volatile List<URI> known = List.of();
        private volatile long asked = System.nanoTime() - REFRESH.toNanos();
        private final AtomicReference<@Nullable CompletableFuture<List<URI>>> asking = new AtomicReference<>();
    }

    /** @param patience how long to wait for DNS when it never answered yet */
    public Addresses(Duration patience) {
        this(patience, InetAddress::getAllByName);
    }

    Addresses(Duration patience, Lookup lookup) {
        this.patience = patience;
        this.lookup = lookup;
    }

    /** One base address for each replica; none when the name is unknown, because no replica is up or DNS is away. */
    public List<URI> of(URI base) {
        // As many names as the configuration has.
        Name name = names.computeIfAbsent(base, unknown -> new Name());
        List<URI> known = name.known;
        if (!known.isEmpty() && System.nanoTime() - name.asked < REFRESH.toNanos()) {
            return known;
        }
        CompletableFuture<List<URI>> answer = ask(name, base);
        try {
            return known.isEmpty() ? answer.get(patience.toNanos(), TimeUnit.NANOSECONDS) : answer.getNow(known);
        } catch (ExecutionException | TimeoutException e) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    /** One question at a time, however many wait for its answer. */
    private CompletableFuture<List<URI>> ask(Name name, URI base) {
        CompletableFuture<List<URI>> mine = new CompletableFuture<>();
        CompletableFuture<List<URI>> others = name.asking.compareAndExchange(null, mine);
        if (others != null) {
            return others;
        }
        name.asked = System.nanoTime();
        return threads.begin(() -> {
            List<URI> found = lookUp(base, name.known);
            name.known = found;
            name.asking.set(null);
            mine.complete(found);
            return found;
        });
    }

    private List<URI> lookUp(URI base, List<URI> before) {
        try {
            return Stream.of(lookup.addresses(base.getHost()))
                    .map(address -> address.getHostAddress().contains(":")
                            ? "[" + address.getHostAddress() + "]"
                            : address.getHostAddress())
                    .map(host -> URI.create(base.getScheme() + "://" + host + ":" + base.getPort()))
                    .toList();
        } catch (UnknownHostException e) {
            return List.of();
        } catch (RuntimeException e) {
            return before;
        }
    }
}
