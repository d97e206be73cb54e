package org.tlac.acceptance.edge;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Pupils at work beside an attack: how long their calls take and how many fail. */
final class Bystanders implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PAUSE_MILLIS = 100;

    private final List<Thread> threads = new ArrayList<>();
    private final Queue<Double> millis = new ConcurrentLinkedQueue<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    /** What they saw since the last look. A failed call counts with the time that it took. */
    record Seen(int calls, double p50, double p99, int failed, String failure) {

        @Override
        public String toString() {
            return "p50 %.0f, p99 %.0f ms of %d%s"
                    .formatted(p50, p99, calls, failed == 0 ? "" : ", " + failed + " failed (" + failure + ")");
        }
    }

    Bystanders(List<Account> pupils) {
        for (Account pupil : pupils) {
            threads.add(Thread.ofVirtual().start(() -> work(pupil)));
        }
    }

    private void work(Account pupil) {
        try {
            while (!over) {
                long began = System.nanoTime();
                try {
                    int status = pupil.get("/api/auth/me", PATIENCE).status();
                    if (status != 200) {
                        failures.add(Integer.toString(status));
                    }
                } catch (IOException e) {
                    failures.add(e.getClass().getSimpleName());
                }
                millis.add((System.nanoTime() - began) / 1e6);
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks at what happened for so long from now. */
    Seen watch(Duration duration) throws InterruptedException {
        look();
        Thread.sleep(duration);
        return look();
    }

    Seen look() {
        double[] sorted = drained();
        List<String> failed = new ArrayList<>(failures);
        failures.removeAll(failed);
        return new Seen(
                sorted.length,
                quantile(sorted, 0.5),
                quantile(sorted, 0.99),
                failed.size(),
                failed.isEmpty() ? "" : failed.getFirst());
    }

    private double[] drained() {
        List<Double> taken = new ArrayList<>();
        for (Double each = millis.poll(); each != null; each = millis.poll()) {
            taken.add(each);
        }
        double[] sorted = taken.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    private static double quantile(double[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.min(sorted.length - 1, sorted.length * share)];
    }

    @Override
    public void close() {
        over = true;
        threads.forEach(Thread::interrupt);
    }
}
