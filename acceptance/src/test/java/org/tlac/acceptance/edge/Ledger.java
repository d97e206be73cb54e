package org.tlac.acceptance.edge;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the gateway and each service held before, and what they hold after: equal, within a little, or something leaks. */
public final class Ledger {

    /** How soon after the last connection everything is given back. */
    static final Duration SETTLING = Duration.ofSeconds(15);

    /**
     * How much more is no leak, however many connections there were: connections of pools between services, a thread that runs only now
     * and then, caches that fill.
     */
    static final int DESCRIPTORS = 20;

    static final int THREADS = 12;
    static final int CLOSE_WAIT = 0;
    static final long HEAP_BYTES = 6 << 20;

    private final Target target;
    private final List<String> parts;
    private final Map<String, Vitals> before;

    private Ledger(Target target, List<String> parts, Map<String, Vitals> before) {
        this.target = target;
        this.parts = parts;
        this.before = before;
    }

    /** Looks at all of them when they have come to rest. */
    static Ledger open(Target target, List<String> parts) throws InterruptedException {
        atRest(target, parts);
        return new Ledger(target, List.copyOf(parts), look(target, parts));
    }

    /** Waits until the number of descriptors has been the same for three seconds, which idle connections take to be closed. */
    private static void atRest(Target target, List<String> parts) throws InterruptedException {
        Map<String, Integer> last = descriptors(target, parts);
        int same = 0;
        long deadline = System.nanoTime() + SETTLING.toNanos();
        while (same < 6 && System.nanoTime() < deadline) {
            Thread.sleep(500);
            Map<String, Integer> now = descriptors(target, parts);
            same = now.equals(last) ? same + 1 : 0;
            last = now;
        }
    }

    private static Map<String, Integer> descriptors(Target target, List<String> parts) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        parts.forEach(part -> counts.put(part, Vitals.descriptors(target.pid(part))));
        return counts;
    }

    private static Map<String, Vitals> look(Target target, List<String> parts) {
        Map<String, Vitals> all = new LinkedHashMap<>();
        parts.forEach(part -> all.put(part, Vitals.of(target.pid(part))));
        return all;
    }

    /** @return what they hold when everything was given back, or {@link #SETTLING} after the last connection */
    Closed close() throws InterruptedException {
        Endurance.within(SETTLING, () -> parts.stream().allMatch(this::isAsBefore));
        return new Closed(before, look(target, parts));
    }

    private boolean isAsBefore(String part) {
        long pid = target.pid(part);
        Vitals first = Objects.requireNonNull(before.get(part));
        return Vitals.descriptors(pid) <= first.descriptors()
                && Vitals.sockets(pid).getOrDefault("CLOSE-WAIT", 0) <= first.count("CLOSE-WAIT");
    }

    /** Before and after, by part. */
    record Closed(Map<String, Vitals> before, Map<String, Vitals> after) {

        /** Each figure that grew by more than its tolerance, as a sentence. */
        List<String> leaks() {
            List<String> found = new ArrayList<>();
            before.forEach((part, first) -> {
                Vitals last = Objects.requireNonNull(after.get(part));
                grown(found, part + " descriptors", first.descriptors(), last.descriptors(), DESCRIPTORS);
                grown(found, part + " threads", first.threads(), last.threads(), THREADS);
                grown(found, part + " virtual threads", first.virtual(), last.virtual(), THREADS);
                grown(found, part + " CLOSE-WAIT", first.count("CLOSE-WAIT"), last.count("CLOSE-WAIT"), CLOSE_WAIT);
                grown(found, part + " ESTABLISHED", first.count("ESTABLISHED"), last.count("ESTABLISHED"), DESCRIPTORS);
                grown(found, part + " heap", first.heapBytes(), last.heapBytes(), HEAP_BYTES);
            });
            return found;
        }

        private static void grown(List<String> found, String what, long first, long last, long tolerance) {
            if (last - first > tolerance) {
                found.add("%s: %,d before, %,d after (at most %,d more)".formatted(what, first, last, tolerance));
            }
        }

        /** One row a part, each figure before → after. */
        String markdown() {
            StringBuilder table = new StringBuilder(
                    "| process | descriptors | ESTABLISHED | CLOSE-WAIT | unconnected | threads | virtual | heap KiB | PSS MiB |\n");
            table.append("|---|---|---|---|---|---|---|---|---|\n");
            before.forEach((part, first) -> {
                Vitals last = Objects.requireNonNull(after.get(part));
                table.append("| %s | %d → %d | %s | %s | %s | %d → %d | %d → %d | %,d → %,d | %d → %d |\n"
                        .formatted(
                                part,
                                first.descriptors(),
                                last.descriptors(),
                                sockets(first, last, "ESTABLISHED"),
                                sockets(first, last, "CLOSE-WAIT"),
                                sockets(first, last, "UNCONNECTED"),
                                first.threads(),
                                last.threads(),
                                first.virtual(),
                                last.virtual(),
                                first.heapBytes() >> 10,
                                last.heapBytes() >> 10,
                                first.pssBytes() >> 20,
                                last.pssBytes() >> 20));
            });
            return table.toString();
        }

        private static String sockets(Vitals first, Vitals last, String state) {
            return first.count(state) + " → " + last.count(state);
        }
    }
}
