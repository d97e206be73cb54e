package org.tlac.gateway.edge;

/** Which of a user's limits per minute a route counts towards. */
public enum LimitClass {
    SAVES,
    RUNS,
    MARKS,
    OTHER,
    /** Not counted: what nobody can be told apart for, and what has a rule of its own (sign-in). */
    NONE
}
