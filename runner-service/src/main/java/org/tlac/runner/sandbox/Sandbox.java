package org.tlac.runner.sandbox;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tlac.runner.sandbox.Slot.State;

/**
 * Runs programs, each in a sandbox of its own that ends with it. What it is made of depends on the level of isolation ({@link Layer});
 * normally fresh process, mount, IPC and host name namespaces, a read-only root with nothing but Python, a small folder in memory, no
 * capability, resource limits, Landlock and two system call filters.
 *
 * <p>Where a layer is missing, nothing runs; a machine that is repaired meanwhile needs no restart.
 */
public final class Sandbox implements AutoCloseable {

    private static final int RECYCLES_KEPT = 20;

    private final Watchdog watchdog = new Watchdog();
    private final Zygotes zygotes;
    private final InstantSource clock;
    private final Listener listener = new Listener();
    private final List<Slot> slots;
    private final Deque<Recycle> recycles = new ArrayDeque<>();

    /**
     * What the sandbox takes from the machine, and what it demands of it.
     *
     * @param python a path, or empty for one that is found
     * @param minimum below it nothing runs
     * @param scratch a small file system in memory, where programs write at {@link Isolation#PROCESS}; empty when there is none
     */
    public record Setup(String python, Isolation minimum, String scratch) {}

    /**
     * @param slots programs that run at once; without namespaces it is one all the same
     * @param runsPerZygote programs until a slot's zygote is replaced
     */
    public Sandbox(Setup setup, int slots, int runsPerZygote, Limits limits, Work.Source source, InstantSource clock) {
        this.clock = clock;
        this.zygotes =
                new Zygotes(setup.python(), limits, new Zygotes.Fallback(setup.minimum(), setup.scratch()), watchdog);
        this.slots = IntStream.range(0, slots)
                // Staggered, so that not all are replaced at the same time.
                .mapToObj(number -> new Slot(
                        number,
                        runsPerZygote + number * runsPerZygote / (2 * slots),
                        number == 0 ? zygotes::first : () -> zygotes.further(false),
                        source,
                        listener))
                .toList();
    }

    /** Starts the first slot, which determines the level of isolation; the others start once that is known. */
    public void start() {
        slots.getFirst().start();
    }

    private final class Listener implements Slot.Listener {

        /** News from one zygote only: the other slots get none before the level is known. */
        @Override
        public void proven(Zygote zygote) {
            if (zygotes.proven(zygote) && zygotes.level() == Isolation.FULL) {
                slots.stream().skip(1).forEach(Slot::start);
            }
        }

        @Override
        public void recycled(int slot, String why) {
            keep(new Recycle(clock.instant(), slot, why));
        }
    }

    private synchronized void keep(Recycle recycle) {
        if (recycles.size() == RECYCLES_KEPT) {
            recycles.removeFirst();
        }
        recycles.addLast(recycle);
    }

    /**
     * Slots beside these for programs that may take long, at a lower priority than these.
     *
     * @param warm so many are there from the start and stay
     * @param most at once; close them before this sandbox
     * @param linger how long a further one stays when it is not needed
     */
    public SlotsOnDemand onDemand(int warm, int most, Duration linger, int runsPerZygote) {
        SlotsOnDemand.Maker maker = (number, source) ->
                new Slot(slots.size() + number, runsPerZygote, () -> zygotes.further(true), source, listener);
        return new SlotsOnDemand(warm, most, linger, maker);
    }

    /** The level that programs run at now; {@link Isolation#NONE} when none would run. */
    public Isolation isolation() {
        return slots.stream().anyMatch(Slot::isProven) ? zygotes.level() : Isolation.NONE;
    }

    /** Why no program runs; empty when they do. */
    public String reason() {
        return isolation() == Isolation.NONE ? slots.getFirst().reason() : "";
    }

    /** Why programs run at no better level, or not at all; empty when isolation is full. */
    public String lacking() {
        return zygotes.lacking();
    }

    /** Names of {@link #slots(String)}'s states. */
    public static List<String> states() {
        return List.of(State.values()).stream().map(State::id).toList();
    }

    /** How many slots are in a state. */
    public long slots(String state) {
        return used().stream().filter(slot -> slot.state().id().equals(state)).count();
    }

    /** Without namespaces the others never start: one program runs at a time. */
    private List<Slot> used() {
        return zygotes.level() == Isolation.PROCESS ? List.of(slots.getFirst()) : slots;
    }

    /** What each canary met in the slot that was asked first: whether it was denied. */
    public Map<String, Boolean> canaries() {
        return slots.stream()
                .map(Slot::canaries)
                .filter(met -> !met.isEmpty())
                .findFirst()
                .orElse(Map.of());
    }

    /** As {@code 3.11.2}; empty while none is known. */
    public String pythonVersion() {
        return zygotes.pythonVersion();
    }

    /** The last zygotes that were replaced, the newest last. */
    public synchronized List<Recycle> recycles() {
        return List.copyOf(recycles);
    }

    /** Ends everything that runs. */
    @Override
    public void close() {
        slots.forEach(Slot::close);
        watchdog.close();
    }
}
