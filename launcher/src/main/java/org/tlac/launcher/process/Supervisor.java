package org.tlac.launcher.process;

import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.tlac.launcher.home.Console;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.UserError;

/** A part that is kept running: started, watched, started again when it dies or hangs, stopped. */
public final class Supervisor {

    private static final Duration POLL = Duration.ofMillis(40);

    private final ManagedProcess part;
    private final Home home;
    private final Watchdog.Limits watchdog;
    private final Timeouts patience;
    private final Backoff backoff;
    private final Console console;

    /** Guards the two below, so that no child is started behind the back of a stop. */
    private final Object guard = new Object();

    private @Nullable ChildProcess child;
    private boolean stopping;

    private int restarts;

    /** Whether the process that runs was ready at some time. */
    private boolean wasReady;

    public Supervisor(
            ManagedProcess part,
            Home home,
            Watchdog.Limits watchdog,
            Timeouts patience,
            InstantSource clock,
            Console console) {
        this.part = part;
        this.home = home;
        this.watchdog = watchdog;
        this.patience = patience;
        this.backoff = new Backoff(patience, clock);
        this.console = console;
    }

    public ManagedProcess part() {
        return part;
    }

    /** Returns when it is ready; from then on it is watched. @throws UserError when it cannot be, or is being stopped */
    public void start() {
        tell(ManagedProcessState.Phase.STARTING);
        ChildProcess started = launch();
        awaitReady(started);
        console.step(part.name() + " is ready");
        // Not a virtual thread: waiting for a process and a database's driver hold the carrier on older JDKs.
        Thread.ofPlatform().daemon().name("watch " + part.name()).start(() -> watch(started));
    }

    /** Stops it for good: asks, waits, and kills what does not listen. Safe to call when it never ran. */
    public void stop() {
        ChildProcess last;
        synchronized (guard) {
            stopping = true;
            guard.notifyAll();
            last = child;
        }
        if (last != null) {
            console.step("Stopping " + part.name());
            last.stop(part.stopPatience());
        }
        ManagedProcessState.delete(home, part.name());
    }

    private ChildProcess launch() {
        part.prepare();
        synchronized (guard) {
            if (stopping) {
                throw new UserError(part.name() + " is not started: TLAC is stopping.");
            }
            ChildProcess launched = part.launch();
            child = launched;
            return launched;
        }
    }

    private void awaitReady(ChildProcess launched) {
        long deadline = System.nanoTime() + patience.ready().toNanos();
        while (!part.isReady()) {
            if (!launched.isAlive()) {
                launched.join();
                throw new UserError(part.name() + " does not start: " + launched.reason());
            }
            if (System.nanoTime() > deadline) {
                throw new UserError("%s is not ready after %d s: %s"
                        .formatted(part.name(), patience.ready().toSeconds(), launched.reason()));
            }
            if (isStoppingAfter(POLL)) {
                throw new UserError(part.name() + " is being stopped.");
            }
        }
        noteReady();
    }

    private void noteReady() {
        wasReady = true;
        backoff.healthy();
        tell(ManagedProcessState.Phase.RUNNING);
    }

    private void watch(ChildProcess first) {
        ChildProcess current = first;
        while (current != null) {
            String what = awaitEnd(current);
            if (isStopping()) {
                return;
            }
            restarts++;
            wasReady = false;
            tell(ManagedProcessState.Phase.RESTARTING);
            Duration pause = backoff.died();
            console.step("%s %s: %s Starting it again in %.1f s."
                    .formatted(part.name(), what, current.reason(), pause.toMillis() / 1e3));
            current = relaunch(pause);
        }
    }

    /** Returns when the process is gone, by itself or because it was ended since it hung, and says which. */
    private String awaitEnd(ChildProcess running) {
        Watchdog counter = new Watchdog(watchdog, running::processorTime);
        Duration pause = watchdog.interval();
        while (!running.hasEndedWithin(pause)) {
            if (isStopping()) {
                break;
            }
            long began = System.nanoTime();
            Liveness found = liveness();
            if (counter.isHungAfter(found) && running.isAlive() && !isStopping()) {
                console.step("%s does not answer (%s): ending it".formatted(part.name(), found.reason()));
                end(running);
                return "hung";
            }
            noteLateReadiness(found);
            pause = watchdog.interval().minusNanos(System.nanoTime() - began);
            pause = pause.isNegative() ? Duration.ZERO : pause;
        }
        return "ended with code " + running.join();
    }

    private void end(ChildProcess running) {
        try {
            part.end(running);
        } catch (RuntimeException e) {
            console.step("%s cannot be ended in order (%s)".formatted(part.name(), e));
            running.kill();
        }
        running.join();
    }

    /** One that took longer than its start-up time-out was not given up. */
    private void noteLateReadiness(Liveness found) {
        if (!wasReady && found.isAlive() && isReady()) {
            noteReady();
            console.step(part.name() + " is ready again");
        }
    }

    private boolean isReady() {
        try {
            return part.isReady();
        } catch (RuntimeException e) {
            return false;
        }
    }

    private Liveness liveness() {
        try {
            return part.liveness(watchdog.timeout());
        } catch (RuntimeException e) {
            // Whatever it was: a watchdog that dies watches nobody.
            return Liveness.failed(String.valueOf(e));
        }
    }

    /** Tries until there is a process again; none when everything is being stopped. It may still turn out not to become ready. */
    private @Nullable ChildProcess relaunch(Duration firstPause) {
        Duration pause = firstPause;
        while (!isStoppingAfter(pause)) {
            ChildProcess again;
            try {
                again = launch();
            } catch (RuntimeException e) {
                complain(e);
                pause = backoff.died();
                continue;
            }
            try {
                awaitReady(again);
                console.step(part.name() + " is ready again");
            } catch (RuntimeException e) {
                complain(e);
            }
            return again;
        }
        return null;
    }

    private void complain(RuntimeException e) {
        if (!isStopping()) {
            console.step(e instanceof UserError ? String.valueOf(e.getMessage()) : part.name() + ": " + e);
        }
    }

    /** For {@code ./tlac status}; nothing of a part that stops, whose file goes with it. */
    private void tell(ManagedProcessState.Phase phase) {
        synchronized (guard) {
            if (!stopping) {
                new ManagedProcessState(phase, restarts).write(home, part.name());
            }
        }
    }

    private boolean isStopping() {
        return isStoppingAfter(Duration.ZERO);
    }

    /** Whether everything is being stopped by now; waits so long for that. */
    private boolean isStoppingAfter(Duration pause) {
        long deadline = System.nanoTime() + pause.toNanos();
        synchronized (guard) {
            try {
                for (long left = pause.toMillis();
                        !stopping && left > 0;
                        left = (deadline - System.nanoTime()) / 1_000_000) {
                    guard.wait(left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return true;
            }
            return stopping;
        }
    }
}
