package org.tlac.launcher;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A part that is kept running: started, watched, started again when it dies, stopped. */
final class Supervised {

    private static final Duration POLL = Duration.ofMillis(40);

    private final Part part;
    private final Patience patience;
    private final Console console;

    /** Guards the two below, so that no child is started behind the back of a stop. */
    private final Object guard = new Object();

    private @Nullable Child child;
    private boolean stopping;

    Supervised(Part part, Patience patience, Console console) {
        this.part = part;
        this.patience = patience;
        this.console = console;
    }

    Part part() {
        return part;
    }

    /** Returns when it is ready; from then on it is watched. @throws Problem when it cannot be, or is being stopped */
    void start() {
        Child started = launch();
        awaitReady(started);
        console.step(part.name() + " is ready");
        Thread.ofVirtual().name("watch " + part.name()).start(() -> watch(started));
    }

    /** Stops it for good: asks, waits, and kills what does not listen. Safe to call when it never ran. */
    void stop() {
        Child last;
        synchronized (guard) {
            stopping = true;
            guard.notifyAll();
            last = child;
        }
        if (last != null) {
            console.step("Stopping " + part.name());
            last.stop(part.stopPatience());
        }
    }

    private Child launch() {
        part.prepare();
        synchronized (guard) {
            if (stopping) {
                throw new Problem(part.name() + " is not started: TLAC is stopping.");
            }
            Child launched = part.launch();
            child = launched;
            return launched;
        }
    }

    private void awaitReady(Child launched) {
        long deadline = System.nanoTime() + patience.ready().toNanos();
        while (!part.isReady()) {
            if (!launched.isAlive()) {
                throw new Problem(part.name() + " does not start: " + launched.reason());
            }
            if (System.nanoTime() > deadline) {
                throw new Problem("%s is not ready after %d s: %s"
                        .formatted(part.name(), patience.ready().toSeconds(), launched.reason()));
            }
            if (isStoppingAfter(POLL)) {
                throw new Problem(part.name() + " is being stopped.");
            }
        }
    }

    private void watch(Child first) {
        Backoff backoff = new Backoff(patience);
        Child current = first;
        while (true) {
            long began = System.nanoTime();
            int code = current.join();
            Duration pause = backoff.after(Duration.ofNanos(System.nanoTime() - began));
            if (isStoppingAfter(Duration.ZERO)) {
                return;
            }
            console.step("%s ended with code %d: %s Starting it again in %.1f s."
                    .formatted(part.name(), code, current.reason(), pause.toMillis() / 1e3));
            Child again = relaunch(pause, backoff);
            if (again == null) {
                return;
            }
            current = again;
        }
    }

    /** Tries until there is a process again; none when everything is being stopped. It may still turn out not to become ready. */
    private @Nullable Child relaunch(Duration firstPause, Backoff backoff) {
        Duration pause = firstPause;
        while (!isStoppingAfter(pause)) {
            Child again;
            try {
                again = launch();
            } catch (Problem e) {
                complain(e);
                pause = backoff.after(Duration.ZERO);
                continue;
            }
            try {
                awaitReady(again);
                console.step(part.name() + " is ready again");
            } catch (Problem e) {
                complain(e);
            }
            return again;
        }
        return null;
    }

    private void complain(Problem problem) {
        if (!isStoppingAfter(Duration.ZERO)) {
            console.step(String.valueOf(problem.getMessage()));
        }
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
