package org.tlac.runner.sandbox;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One place to run programs: a thread that lives as long as the service, and the zygote it started. The zygote is replaced after a number
 * of programs and after anything unusual; it gets no program before its canaries were denied.
 */
final class Slot implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Slot.class);

    /** How often an idle slot checks that its zygote still lives. */
    private static final Duration LIVENESS_INTERVAL = Duration.ofSeconds(1);

    private static final Duration MIN_BACK_OFF = Duration.ofMillis(500);
    private static final Duration MAX_BACK_OFF = Duration.ofSeconds(30);

    /** What a slot is doing; the values of the metric's label. */
    enum State {
        STARTING,
        IDLE,
        BUSY,
        BROKEN;

        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final int number;
    private final int runsPerZygote;
    private final Supplier<Zygote> zygotes;
    private final Work.Source source;
    private final Listener listener;
    private final Thread thread;
    private volatile State state = State.STARTING;
    private volatile boolean proven;
    private volatile boolean stopping;
    private volatile String reason = "The sandbox is starting";
    private volatile Map<String, Boolean> canaries = Map.of();
    private volatile @Nullable Zygote current;
    private @Nullable Work waiting;
    private Duration backOff = MIN_BACK_OFF;

    /** Called on the slot's thread. */
    interface Listener {

        /** Its canaries were denied: programs run. */
        void proven(Zygote zygote);

        /** One was replaced, or could not be started. */
        void recycled(int slot, String why);
    }

    /**
     * @param runsPerZygote programs until it is replaced
     * @param zygotes starts one, on this slot's thread
     */
    Slot(int number, int runsPerZygote, Supplier<Zygote> zygotes, Work.Source source, Listener listener) {
        this.number = number;
        this.runsPerZygote = runsPerZygote;
        this.zygotes = zygotes;
        this.source = source;
        this.listener = listener;
        // bubblewrap ends with the thread that started it: one that stays.
        this.thread =
                Thread.ofPlatform().name("sandbox-slot-" + number).daemon().unstarted(this::runSlot);
    }

    void start() {
        thread.start();
    }

    State state() {
        return state;
    }

    /** Whether programs run here, or will after a replacement that is under way. */
    boolean isProven() {
        return proven;
    }

    /** Why it is broken, or what it is waiting for; empty when it works. */
    String reason() {
        return reason;
    }

    /** Whether each canary of the newest zygote was denied. */
    Map<String, Boolean> canaries() {
        return canaries;
    }

    private void runSlot() {
        while (!stopping && !source.isRetired()) {
            state = State.STARTING;
            try (Zygote zygote = prove()) {
                serve(zygote).ifPresent(why -> listener.recycled(number, why));
            } catch (SandboxException e) {
                fail(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        failWaiting(new SandboxException("The service is stopping"));
    }

    private Zygote prove() {
        Zygote zygote = zygotes.get();
        current = zygote;
        try {
            Map<String, Boolean> met = Canaries.run(zygote);
            canaries = met;
            List<String> allowed = met.entrySet().stream()
                    .filter(attempt -> !attempt.getValue())
                    .map(Map.Entry::getKey)
                    .toList();
            if (!allowed.isEmpty()) {
                throw new SandboxException("The sandbox does not hold: not denied were " + allowed);
            }
            zygote.awaitReady();
        } catch (SandboxException e) {
            zygote.close();
            throw e;
        }
        listener.proven(zygote);
        proven = true;
        reason = "";
        backOff = MIN_BACK_OFF;
        return zygote;
    }

    /** Runs what comes until the zygote has to be replaced. @return why; empty when the slot itself is retired */
    private Optional<String> serve(Zygote zygote) throws InterruptedException {
        for (int runs = 0; runs < runsPerZygote; ) {
            state = State.IDLE;
            Work work = waiting != null ? waiting : source.take(LIVENESS_INTERVAL);
            waiting = work;
            if (work == null && source.isRetired()) {
                return Optional.empty();
            }
            if (stopping) {
                return Optional.of("the service is stopping");
            }
            if (!zygote.isAlive()) {
                return Optional.of("it ended by itself");
            }
            if (work == null) {
                continue;
            }
            state = State.BUSY;
            runs++;
            waiting = null;
            String anomaly = run(zygote, work);
            if (!anomaly.isEmpty()) {
                return Optional.of(anomaly);
            }
            state = State.STARTING;
            try {
                zygote.awaitReady();
            } catch (SandboxException e) {
                LOG.warn("A sandbox is replaced", e);
                return Optional.of(String.valueOf(e.getMessage()));
            }
        }
        return Optional.of("it ran " + runsPerZygote + " programs");
    }

    /** @return what was unusual enough to replace the zygote, or nothing */
    private static String run(Zygote zygote, Work work) {
        Outcome outcome;
        try {
            Conversation conversation = work.conversation();
            outcome = conversation == null ? zygote.run(work.program()) : zygote.converse(work.program(), conversation);
        } catch (SandboxException e) {
            LOG.warn("A sandbox is replaced", e);
            work.failed(e);
            return String.valueOf(e.getMessage());
        }
        work.ended(outcome);
        return zygote.isAlive() ? "" : "it had to be ended: " + outcome.end();
    }

    private void fail(SandboxException e) {
        if (stopping) {
            return;
        }
        state = State.BROKEN;
        proven = false;
        reason = String.valueOf(e.getMessage());
        LOG.error("A slot cannot run programs: {}", reason, e);
        listener.recycled(number, reason);
        failWaiting(e);
        try {
            Thread.sleep(backOff);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        backOff = backOff.multipliedBy(2).compareTo(MAX_BACK_OFF) < 0 ? backOff.multipliedBy(2) : MAX_BACK_OFF;
    }

    private void failWaiting(SandboxException e) {
        Work work = waiting;
        waiting = null;
        if (work != null) {
            work.failed(e);
        }
    }

    /** Ends the zygote and what runs in it. */
    @Override
    public void close() {
        stopping = true;
        proven = false;
        thread.interrupt();
        Zygote zygote = current;
        if (zygote != null) {
            zygote.close();
        }
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            thread.join(Duration.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
