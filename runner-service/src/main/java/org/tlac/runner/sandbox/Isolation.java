package org.tlac.runner.sandbox;

import java.util.Locale;

/** How far programs are kept apart from the machine and from each other; ordered, the strongest last. */
public enum Isolation {
    /** Not enough: nothing runs. */
    NONE,
    /** Without namespaces: Landlock, system call filter and limits alone. Named so that it can be told apart; this runner never falls to it. */
    PROCESS,
    /** Everything: namespaces of each program, read-only root, Landlock, filters, limits, each proven by a canary. */
    FULL;

    /** As metrics, diagnostics and configuration spell it. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
