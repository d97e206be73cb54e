package org.tlac.platform.metrics;

/** Failures that mean "a part we need is away for the moment": the client may try again (503), and they are counted by their type. */
public interface Unavailable {

    /** Whether this failure is of that kind; the same class may also carry other failures. */
    boolean unavailable();

    /** What to tell the client: a whole sentence, nothing internal. */
    default String detail() {
        return "The database is away. Please try again shortly.";
    }

    /** What to count it as: one of the catalogue's error types. */
    default String errorType() {
        return "database";
    }
}
