package org.tlac.acceptance.edge;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;

/** Makes connections, many at once, and counts what came of each kind. */
public final class Endurance {

    /** As many of a kind that waits as are open at once, beside the others: below what a listener accepts. */
    private static final int WAITING = 300;

    private final List<End> ends;
    private final int concurrency;
    private final Map<String, Map<String, LongAdder>> outcomes = new ConcurrentHashMap<>();

    /** @param concurrency connections open at once, of the kinds that end soon */
    Endurance(List<End> ends, int concurrency) {
        this.ends = List.copyOf(ends);
        this.concurrency = concurrency;
    }

    /** Makes so many in all, mixed by their shares, in an order that is the same each time. */
    void mixed(int total) throws InterruptedException {
        int shares = ends.stream().mapToInt(End::share).sum();
        Map<End, Integer> counts = new LinkedHashMap<>();
        for (End end : ends) {
            counts.put(end, Math.max(1, Math.toIntExact((long) total * end.share() / shares)));
        }
        run(counts);
    }

    void run(Map<End, Integer> counts) throws InterruptedException {
        List<Thread> workers = new ArrayList<>();
        workers.addAll(lane(counts, false, concurrency));
        workers.addAll(lane(counts, true, WAITING));
        for (Thread worker : workers) {
            worker.join();
        }
    }

    private List<Thread> lane(Map<End, Integer> counts, boolean waiting, int width) {
        List<End> order = new ArrayList<>();
        counts.forEach((end, count) -> {
            if (end.waits() == waiting) {
                order.addAll(Collections.nCopies(count, end));
            }
        });
        Collections.shuffle(order, new Random(8));
        Queue<End> left = new ConcurrentLinkedQueue<>(order);
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < Math.min(width, order.size()); i++) {
            workers.add(Thread.ofVirtual().start(() -> {
                for (End end = left.poll(); end != null; end = left.poll()) {
                    count(end.name(), outcome(end));
                }
            }));
        }
        return workers;
    }

    private static String outcome(End end) {
        try {
            return end.act().make();
        } catch (SocketTimeoutException e) {
            return "timeout";
        } catch (ConnectException e) {
            return "refused";
        } catch (SSLException e) {
            return "TLS failed";
        } catch (IOException e) {
            return "broken";
        } catch (RuntimeException e) {
            return e.toString();
        }
    }

    private void count(String kind, String outcome) {
        outcomes.computeIfAbsent(kind, k -> new ConcurrentHashMap<>())
                .computeIfAbsent(outcome, k -> new LongAdder())
                .increment();
    }

    /** What came of each kind so far: how often by outcome. */
    Map<String, Map<String, Long>> outcomes() {
        Map<String, Map<String, Long>> all = new LinkedHashMap<>();
        for (End end : ends) {
            Map<String, Long> counts = new TreeMap<>();
            outcomes.getOrDefault(end.name(), Map.of()).forEach((outcome, count) -> counts.put(outcome, count.sum()));
            all.put(end.name(), counts);
        }
        return all;
    }

    /** Those of which more than a hundredth came to something else than expected, each as a sentence. */
    List<String> surprises() {
        List<String> found = new ArrayList<>();
        Map<String, Map<String, Long>> all = outcomes();
        for (End end : ends) {
            Map<String, Long> counts = all.getOrDefault(end.name(), Map.of());
            long total = counts.values().stream().mapToLong(Long::longValue).sum();
            long expected = counts.entrySet().stream()
                    .filter(entry -> end.expected().matcher(entry.getKey()).matches())
                    .mapToLong(Map.Entry::getValue)
                    .sum();
            if (total == 0 || (total - expected) * 100 > total) {
                found.add("%s: expected %s, came to %s".formatted(end.name(), end.expected(), counts));
            }
        }
        return found;
    }

    /** Asks again and again until it holds or that time is over. @return whether it held */
    static boolean within(Duration patience, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(200);
        }
        return true;
    }
}
