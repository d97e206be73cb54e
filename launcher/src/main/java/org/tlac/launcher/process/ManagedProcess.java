package org.tlac.launcher.process;

import java.time.Duration;
import java.util.List;

/** Something that the launcher runs: PostgreSQL or a service. */
public interface ManagedProcess {

    String name();

    /** Names of the parts that must be ready before this one starts, and that stop only after it. */
    List<String> needs();

    /** Brings about what a launch stands on. Called before each; may take seconds. @throws UserError when that cannot be */
    void prepare();

    /** Starts the process and does not wait for it. @throws UserError when there is no process then */
    ChildProcess launch();

    /** Asked again and again while the process runs. @throws UserError when it never will be */
    boolean isReady();

    /** Whether it still does its work: asked again and again from the time it was ready. A part that waits for another is alive. */
    Liveness liveness(Duration timeout);

    /** Ends a process that hangs, and everything that it started: returns when it is gone. */
    default void end(ChildProcess child) {
        child.kill();
    }

    /** How long it may take to stop before it is killed. */
    Duration stopPatience();
}
