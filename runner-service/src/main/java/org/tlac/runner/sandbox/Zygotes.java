package org.tlac.runner.sandbox;

import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts zygotes, all at one level of isolation: the first slot finds out which one holds here, the others wait for that. Full is tried
 * first. The level below is tried only where the school allows it, and only until one zygote has passed its canaries: an attacker who makes
 * a sandbox fail later must not get a weaker one (no downgrade).
 */
final class Zygotes {

    private static final Logger LOG = LoggerFactory.getLogger(Zygotes.class);

    /** A machine that is merely slow when it starts is not one without namespaces. */
    private static final int TRIALS = 2;

    private final String python;
    private final Limits limits;
    private final Fallback fallback;
    private final Watchdog watch;
    private final CountDownLatch settled = new CountDownLatch(1);
    private volatile Isolation level = Isolation.NONE;
    private volatile String lacking = "";
    private @Nullable SandboxSpec spec;
    private @Nullable Scratch scratch;

    /**
     * The weakest level that may be used.
     *
     * @param level below it nothing is started
     * @param scratch the folder of programs at {@link Isolation#PROCESS}
     */
    record Fallback(Isolation level, String scratch) {}

    Zygotes(String python, Limits limits, Fallback fallback, Watchdog watch) {
        this.python = python;
        this.limits = limits;
        this.fallback = fallback;
        this.watch = watch;
    }

    /** {@link Isolation#NONE} until one has proven itself. */
    Isolation level() {
        return level;
    }

    /** Why it is not full isolation; empty when it is, or while that is not known. */
    String lacking() {
        return lacking;
    }

    /** As {@code 3.11.2}; empty while none is known. */
    synchronized String pythonVersion() {
        return spec == null ? "" : spec.python().version();
    }

    /** For the first slot, which determines the level. @throws SandboxException that says what is missing */
    Zygote first() {
        return level == Isolation.NONE ? explore() : start(level, false);
    }

    /**
     * For every other slot, once the level is known.
     *
     * @param givingWay for programs that may take long, at a lower priority
     * @throws SandboxException that says what is missing
     */
    Zygote further(boolean givingWay) {
        try {
            settled.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("The service is stopping", e);
        }
        return start(level, givingWay);
    }

    /** Its canaries were denied: all others are started like it. @return whether it was the first */
    boolean proven(Zygote zygote) {
        if (level != Isolation.NONE) {
            return false;
        }
        level = zygote.isolation();
        if (level == Isolation.FULL) {
            lacking = "";
            LOG.info("Programs run at isolation level full");
        } else {
            LOG.warn(
                    "Programs run at isolation level {}, as runner.minimumisolation allows: one at a time and without namespaces,"
                            + " because: {}",
                    level.id(),
                    lacking);
        }
        settled.countDown();
        return true;
    }

    private Zygote explore() {
        for (int trial = 1; ; trial++) {
            try {
                return start(Isolation.FULL, false);
            } catch (SandboxException e) {
                lacking = String.valueOf(e.getMessage());
                if (fallback.level() != Isolation.PROCESS) {
                    throw e;
                }
                if (trial == TRIALS) {
                    break;
                }
            }
        }
        try {
            return start(Isolation.PROCESS, false);
        } catch (SandboxException e) {
            throw new SandboxException(
                    "Not at level full: " + lacking + ". Not at level process: " + e.getMessage(), e);
        }
    }

    private Zygote start(Isolation at, boolean givingWay) {
        SandboxSpec made = spec(at);
        try {
            return Zygote.start(givingWay ? made.givingWay() : made, watch);
        } catch (SandboxException e) {
            forgetSpec();
            throw e;
        }
    }

    private synchronized SandboxSpec spec(Isolation at) {
        SandboxSpec known = spec;
        if (known == null || known.isolation() != at) {
            PythonRoot root = PythonRoot.of(python);
            known = at == Isolation.FULL
                    ? SandboxSpec.of(root, limits)
                    : SandboxSpec.withoutNamespaces(root, limits, scratch());
            spec = known;
        }
        return known;
    }

    /** The machine's Python may have been replaced by another since. */
    private synchronized void forgetSpec() {
        spec = null;
    }

    /** One for all zygotes: they take turns there. */
    private synchronized Scratch scratch() {
        Scratch known = scratch;
        if (known == null) {
            known = Scratch.of(fallback.scratch(), limits);
            scratch = known;
        }
        return known;
    }
}
