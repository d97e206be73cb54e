package org.tlac.runner.sandbox;

import java.util.Locale;

/** How far programs are kept apart from the machine and from each other; ordered, the strongest last. */
public enum Isolation {
    /** Not enough: nothing runs. */
    NONE,
    /**
     * Without namespaces, where the machine gives nobody any: Landlock, a filter that lets nothing be started, limits, and one program at
     * a time. Only where the school allows it.
     */
    PROCESS,
    /** Everything: namespaces of each program, read-only root, Landlock, filters, limits, each proven by a canary. */
    FULL;

    /** As metrics, diagnostics and configuration spell it. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
