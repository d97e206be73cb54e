package org.tlac.runner.sandbox;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tlac.runner.sandbox.Slot.State;

/**
 * Runs programs, each in a sandbox of its own that ends with it: fresh process, mount, network, IPC and host name namespaces, a read-only
 * root with nothing but Python, a small folder in memory, no capability, resource limits, Landlock and two system call filters.
 *
 * <p>Where one of these is missing, nothing runs; a machine that is repaired meanwhile needs no restart.
 */
public final class Sandbox implements AutoCloseable {

    private static final int RECYCLES_KEPT = 20;

    private final String python;
    private final Limits limits;
    private final Watch watch = new Watch();
    private final List<Slot> slots;
    private final Deque<String> recycles = new ArrayDeque<>();
    private @Nullable Blueprint blueprint;

    /**
     * @param python a path, or empty for one that is found
     * @param slots programs that run at once
     * @param runsPerZygote programs until a slot's zygote is replaced
     */
    public Sandbox(String python, int slots, int runsPerZygote, Limits limits, Work.Source source) {
        this.python = python;
        this.limits = limits;
        this.slots = IntStream.range(0, slots)
                // Not all at the same time.
                .mapToObj(number -> new Slot(
                        number,
                        runsPerZygote + number * runsPerZygote / (2 * slots),
                        () -> startZygote(false),
                        source,
                        this::recycled))
                .toList();
    }

    /** Makes the slots start; they say in {@link #isolation} how they fare. */
    public void start() {
        slots.forEach(Slot::start);
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
                new Slot(slots.size() + number, runsPerZygote, () -> startZygote(true), source, this::recycled);
        return new SlotsOnDemand(warm, most, linger, maker);
    }

    private Zygote startZygote(boolean givingWay) {
        Blueprint made = blueprint();
        try {
            return Zygote.start(givingWay ? made.givingWay() : made, watch);
        } catch (SandboxException e) {
            forgetBlueprint();
            throw e;
        }
    }

    private synchronized Blueprint blueprint() {
        Blueprint known = blueprint;
        if (known == null) {
            known = Blueprint.of(PythonRoot.of(python), limits);
            blueprint = known;
        }
        return known;
    }

    /** The machine's Python may have been replaced by another since. */
    private synchronized void forgetBlueprint() {
        blueprint = null;
    }

    private synchronized void recycled(String why) {
        if (recycles.size() == RECYCLES_KEPT) {
            recycles.removeFirst();
        }
        recycles.addLast(why);
    }

    /** What programs run at now; {@link Isolation#NONE} when none would run. */
    public Isolation isolation() {
        return slots.stream().anyMatch(Slot::isProven) ? Isolation.FULL : Isolation.NONE;
    }

    /** Why no program runs; empty when they do. */
    public String reason() {
        return isolation() == Isolation.FULL ? "" : slots.getFirst().reason();
    }

    /** Names of {@link #slots(String)}'s states. */
    public static List<String> states() {
        return List.of(State.values()).stream().map(State::id).toList();
    }

    /** How many slots are in a state. */
    public long slots(String state) {
        return slots.stream().filter(slot -> slot.state().id().equals(state)).count();
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
    public synchronized String pythonVersion() {
        return blueprint == null ? "" : blueprint.python().version();
    }

    /** Why zygotes were replaced, the newest last. */
    public synchronized List<String> recycles() {
        return List.copyOf(recycles);
    }

    /** Ends everything that runs. */
    @Override
    public void close() {
        slots.forEach(Slot::close);
        watch.close();
    }
}
