package org.tlac.acceptance.edge;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Faults behind the gateway, one after the other, while pupils work. */
public final class FaultRounds {

    /** Without a failed call for so long, everybody works again. */
    private static final Duration CALM = Duration.ofSeconds(3);

    /** A round that has not recovered by then is given up. */
    private static final Duration GIVEN_UP = Duration.ofSeconds(90);

    private final Target target;
    private final Duration hold;
    private final Queue<Desk.Sample> samples = new ConcurrentLinkedQueue<>();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final List<Desk> desks = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Round> rounds = new ArrayList<>();

    /**
     * One fault, and what the pupils saw of it.
     *
     * @param outcomes how many calls by status
     * @param slowest answer of any call
     * @param recovery from the fault's end (of one that is killed: from the kill) to the end of the last call that failed; as long as
     *     the round when it did not recover
     */
    public record Round(
            String fault, Map<String, Integer> outcomes, Duration slowest, Duration recovery, boolean recovered) {

        /** Calls that got neither the right answer nor 503. */
        public int others() {
            return outcomes.entrySet().stream()
                    .filter(entry ->
                            !entry.getKey().equals("200") && !entry.getKey().equals("503"))
                    .mapToInt(Map.Entry::getValue)
                    .sum();
        }
    }

    /** @param hold how long a fault lasts, unless the launcher ends it before */
    public FaultRounds(Target target, Duration hold) {
        this.target = target;
        this.hold = hold;
    }

    /** Sits down, and works until {@link #finish}. */
    public void seat(Account pupil, String name) {
        Desk desk = new Desk(pupil, name, samples, acknowledged);
        desks.add(desk);
        threads.add(Thread.ofVirtual().start(desk));
    }

    /** Waits until everybody's calls succeed: the state that each round begins with. */
    public void awaitCalm() throws InterruptedException {
        long began = System.nanoTime();
        Endurance.within(GIVEN_UP, () -> isCalm(began));
    }

    private boolean isCalm(long since) {
        long now = System.nanoTime();
        long quiet = now - CALM.toNanos();
        boolean old = samples.stream().anyMatch(sample -> sample.ended() - since > 0);
        return now - since > CALM.toNanos()
                && old
                && samples.stream().noneMatch(sample -> sample.ended() - quiet > 0 && !sample.isRight());
    }

    public Round round(Fault fault) throws IOException, InterruptedException {
        samples.clear();
        long began = System.nanoTime();
        fault.begin().run();
        boolean killed = fault.how().equals(Fault.KILLED);
        if (!killed) {
            Thread.sleep(hold);
        }
        fault.end().run();
        // One that is killed has begun to recover at once: it is the launcher's to start it again.
        long ended = killed ? began : System.nanoTime();
        boolean recovered = Endurance.within(GIVEN_UP, () -> isCalm(ended));
        Round round = judge(fault.name(), began, ended, recovered);
        rounds.add(round);
        return round;
    }

    private Round judge(String fault, long began, long ended, boolean recovered) {
        Map<String, Integer> outcomes = new TreeMap<>();
        long slowest = 0;
        long last = ended;
        for (Desk.Sample sample : samples) {
            if (sample.ended() - began > 0) {
                outcomes.merge(sample.outcome(), 1, Integer::sum);
                slowest = Math.max(slowest, sample.ended() - sample.began());
                last = sample.isRight() ? last : Math.max(last, sample.ended());
            }
        }
        return new Round(fault, outcomes, Duration.ofNanos(slowest), Duration.ofNanos(last - ended), recovered);
    }

    /** Lets everybody finish what they are at, and reads what the database has of it. */
    public History finish() throws InterruptedException, SQLException {
        desks.forEach(Desk::stop);
        for (Thread thread : threads) {
            thread.join();
        }
        return History.of(target, acknowledged);
    }

    public List<Round> rounds() {
        return List.copyOf(rounds);
    }

    /** Each round, in their order. */
    public String markdown() {
        StringBuilder table = new StringBuilder("""
                | fault | answered | refused 503 | other | slowest answer | recovery |
                |---|---|---|---|---|---|
                """);
        for (Round round : rounds) {
            Map<String, Integer> other = new TreeMap<>(round.outcomes());
            other.keySet().removeAll(Set.of("200", "503"));
            table.append("| %s | %d | %d | %s | %.1f s | %.1f s%s |\n"
                    .formatted(
                            round.fault(),
                            round.outcomes().getOrDefault("200", 0),
                            round.outcomes().getOrDefault("503", 0),
                            other.isEmpty() ? "" : other,
                            round.slowest().toMillis() / 1e3,
                            round.recovery().toMillis() / 1e3,
                            round.recovered() ? "" : " (not yet)"));
        }
        return table.toString();
    }
}
