package org.tlac.acceptance.edge;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/** The endurance run: connections of every kind against a TLAC, and what its processes hold before and after. */
public final class EnduranceRun {

    private static final int WARM_UP_EACH = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Target target;
    private final List<End> ends;
    private final List<String> parts = new ArrayList<>(List.of(Target.GATEWAY));

    /** What came of it: a table for people, and what is wrong. */
    public record Result(String markdown, List<String> leaks, List<String> surprises) {
        public boolean isClean() {
            return leaks.isEmpty() && surprises.isEmpty();
        }
    }

    /** All that needs nobody signed in. */
    public EnduranceRun(Target target) throws IOException {
        this.target = target;
        this.ends = new ArrayList<>(new Ends(target).anonymous());
        parts.addAll(Target.SERVICES);
    }

    /** Adds what a pupil's connections do, also with a large file of the course. */
    public EnduranceRun with(Account pupil, String file) throws IOException {
        AtomicReference<String> program = new AtomicReference<>("");
        ends.addAll(new Ends(target).signedIn(pupil.cookie(), file, () -> events(pupil, program)));
        return this;
    }

    /** Adds calls to a service that dies while it answers: the gateway passes this path on to {@link Dying}. */
    public EnduranceRun withDying(Account caller, String path) throws IOException {
        ends.add(new Ends(target).serviceGone(caller.cookie(), path));
        return this;
    }

    public List<String> kinds() {
        return ends.stream().map(End::name).toList();
    }

    /** Where the events of a program are that waits for input; it is started again when the last one ended. */
    private static String events(Account pupil, AtomicReference<String> program) throws IOException {
        try {
            synchronized (program) {
                if (program.get().isEmpty()
                        || pupil.post(program.get().replace("/events", "/input"), Map.of("text", "x"), PATIENCE)
                                        .status()
                                != 200) {
                    program.set(pupil.post(
                                    "/api/python/session",
                                    Map.of(
                                            "lesson_id", "lesson-1",
                                            "activity_id", "a1",
                                            "code", "while True:\n    print(input())"),
                                    PATIENCE)
                            .body()
                            .path("events")
                            .asText());
                }
                return program.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** So many connections of all kinds, mixed. */
    public Result mixed(int total, int concurrency) throws InterruptedException {
        warmUp(ends);
        Ledger ledger = Ledger.open(target, parts);
        long began = System.nanoTime();
        Endurance endurance = new Endurance(ends, concurrency);
        endurance.mixed(total);
        double seconds = (System.nanoTime() - began) / 1e9;
        Ledger.Closed closed = ledger.close();
        StringBuilder text = new StringBuilder("| kind of connection | made | came to |\n|---|---|---|\n");
        endurance
                .outcomes()
                .forEach((kind, counts) -> text.append("| %s | %,d | %s |\n"
                        .formatted(
                                kind,
                                counts.values().stream()
                                        .mapToLong(Long::longValue)
                                        .sum(),
                                counts)));
        long made = endurance.outcomes().values().stream()
                .flatMap(counts -> counts.values().stream())
                .mapToLong(Long::longValue)
                .sum();
        text.append("\n%,d connections in %.0f s. Before → after:\n\n".formatted(made, seconds));
        text.append(closed.markdown());
        return new Result(text.toString(), closed.leaks(), endurance.surprises());
    }

    /** So many connections of each of these kinds by itself: finds out which leak. */
    public Result each(List<String> kinds, int count, int concurrency) throws InterruptedException {
        List<End> chosen =
                ends.stream().filter(end -> kinds.contains(end.name())).toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("No such kinds: " + kinds + ". There are: " + kinds());
        }
        warmUp(chosen);
        StringBuilder text = new StringBuilder("""
                | kind of connection | made | came to | more descriptors: gateway, services | more CLOSE-WAIT \
                | more threads (virtual) | more heap, KiB | s |
                |---|---|---|---|---|---|---|---|
                """);
        List<String> leaks = new ArrayList<>();
        List<String> surprises = new ArrayList<>();
        for (End end : chosen) {
            long began = System.nanoTime();
            Ledger ledger = Ledger.open(target, parts);
            Endurance endurance = new Endurance(List.of(end), concurrency);
            endurance.run(Map.of(end, count));
            Ledger.Closed closed = ledger.close();
            closed.leaks().forEach(leak -> leaks.add(end.name() + ": " + leak));
            surprises.addAll(endurance.surprises());
            text.append(row(end, count, endurance, closed, (System.nanoTime() - began) / 1e9));
            System.err.println(end.name() + " " + endurance.outcomes() + " " + closed.leaks());
        }
        return new Result(text.toString(), leaks, surprises);
    }

    private static String row(End end, int count, Endurance endurance, Ledger.Closed closed, double seconds) {
        Map<String, Long> more = new LinkedHashMap<>();
        closed.before().forEach((part, first) -> {
            Vitals last = Objects.requireNonNull(closed.after().get(part));
            boolean gateway = part.equals(Target.GATEWAY);
            more.merge(gateway ? "gateway" : "services", (long) last.descriptors() - first.descriptors(), Long::sum);
            more.merge("close-wait", (long) last.count("CLOSE-WAIT") - first.count("CLOSE-WAIT"), Long::sum);
            more.merge("threads", (long) last.threads() - first.threads(), Long::sum);
            more.merge("virtual", (long) last.virtual() - first.virtual(), Long::sum);
            more.merge("heap", (last.heapBytes() - first.heapBytes()) >> 10, Long::sum);
        });
        return "| %s | %,d | %s | %d, %d | %d | %d (%d) | %,d | %.0f |\n"
                .formatted(
                        end.name(),
                        count,
                        endurance.outcomes().get(end.name()),
                        more.get("gateway"),
                        more.get("services"),
                        more.get("close-wait"),
                        more.get("threads"),
                        more.get("virtual"),
                        more.get("heap"),
                        seconds);
    }

    /** Classes are loaded and pools filled before anything is counted. */
    private static void warmUp(List<End> ends) throws InterruptedException {
        Map<End, Integer> few = new LinkedHashMap<>();
        ends.stream().filter(end -> !end.waits()).forEach(end -> few.put(end, WARM_UP_EACH));
        new Endurance(ends, WARM_UP_EACH).run(few);
    }
}
