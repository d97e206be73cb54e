package org.tlac.gateway.upstream;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The replicas of a service, which are the addresses of its name, taken in turn. Names are looked up beside the calls: a DNS server that
 * does not answer delays nobody who was answered before.
 */
final class NextReplica {

    /** A replica that refused a connection is asked last for so long. */
    private static final Duration SHUN = Duration.ofSeconds(1);

    private final String host;
    private final int port;
    private final Duration refresh;
    private final Lookup lookup;
    private final Executor threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicReference<@Nullable CompletableFuture<List<Replica>>> asking = new AtomicReference<>();
    private volatile List<Replica> known = List.of();
    private volatile long asked;

    /** All addresses of a name. */
    @FunctionalInterface
    interface Lookup {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    /** One of a service's processes, and the connections to it that wait for a call. */
    static final class Replica {

        private final InetSocketAddress address;
        private final Deque<ServiceConnection> idle = new ConcurrentLinkedDeque<>();
        private volatile long lastAnswer = System.nanoTime() - TimeUnit.DAYS.toNanos(1);
        private volatile long shunned = System.nanoTime();

        private Replica(InetSocketAddress address) {
            this.address = address;
        }

        InetSocketAddress address() {
            return address;
        }

        Deque<ServiceConnection> idle() {
            return idle;
        }

        void answered(long now) {
            lastAnswer = now;
        }

        long lastAnswer() {
            return lastAnswer;
        }

        void refused() {
            shunned = System.nanoTime() + SHUN.toNanos();
        }

        private boolean shunned(long now) {
            return shunned - now > 0;
        }
    }

    /** @param refresh how old an answer of DNS may be before the next call has it asked again */
    NextReplica(String host, int port, Duration refresh, Lookup lookup) {
        this.refresh = refresh;
        this.host = host;
        this.port = port;
        this.lookup = lookup;
    }

    /**
     * All replicas, in the order in which to try them now.
     *
     * @param patience how long to wait for DNS when it never answered yet
     * @throws UncheckedIOException when the name is unknown or nobody can be asked
     */
    List<Replica> inTurn(Duration patience) {
        long now = System.nanoTime();
        List<Replica> replicas = known;
        if (replicas.isEmpty()) {
            replicas = awaited(patience);
        } else if (now - asked > refresh.toNanos()) {
            List<Replica> before = replicas;
            replicas = ask().exceptionally(failure -> before).getNow(before);
        }
        return replicas.size() == 1 ? replicas : turned(replicas, now);
    }

    private List<Replica> turned(List<Replica> replicas, long now) {
        int first = Math.floorMod(turn.getAndIncrement(), replicas.size());
        List<Replica> order = new ArrayList<>(replicas.size());
        List<Replica> last = new ArrayList<>(0);
        for (int i = 0; i < replicas.size(); i++) {
            Replica replica = replicas.get((first + i) % replicas.size());
            (replica.shunned(now) ? last : order).add(replica);
        }
        order.addAll(last);
        return order;
    }

    /** Whether calls still go there. */
    boolean has(Replica replica) {
        return known.contains(replica);
    }

    private List<Replica> awaited(Duration patience) {
        try {
            return ask().get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw unknown(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unknown(e);
        }
    }

    private UncheckedIOException unknown(Exception e) {
        UnknownHostException unknown = new UnknownHostException(host);
        unknown.initCause(e);
        return new UncheckedIOException(unknown);
    }

    /** One question at a time, however many wait for its answer. */
    private CompletableFuture<List<Replica>> ask() {
        CompletableFuture<List<Replica>> mine = new CompletableFuture<>();
        CompletableFuture<List<Replica>> others = asking.compareAndExchange(null, mine);
        if (others != null) {
            return others;
        }
        asked = System.nanoTime();
        threads.execute(() -> {
            try {
                List<Replica> found = found();
                known = found;
                asking.set(null);
                mine.complete(found);
            } catch (UnknownHostException | RuntimeException e) {
                // What was known stays known: who is asked there and is away says so itself.
                asking.set(null);
                mine.completeExceptionally(e);
            }
        });
        return mine;
    }

    private List<Replica> found() throws UnknownHostException {
        InetAddress[] addresses = lookup.addresses(host);
        List<Replica> found = new ArrayList<>();
        boolean four = false;
        for (InetAddress address : addresses) {
            four |= address instanceof java.net.Inet4Address;
        }
        for (InetAddress address : addresses) {
            // Of a name with addresses of both kinds, a service mostly listens on the first.
            if (!four || address instanceof java.net.Inet4Address) {
                found.add(kept(new InetSocketAddress(address, port)));
            }
        }
        if (found.isEmpty()) {
            throw new UnknownHostException(host);
        }
        return List.copyOf(found);
    }

    private Replica kept(InetSocketAddress address) {
        return known.stream()
                .filter(replica -> replica.address().equals(address))
                .findFirst()
                .orElseGet(() -> new Replica(address));
    }
}
