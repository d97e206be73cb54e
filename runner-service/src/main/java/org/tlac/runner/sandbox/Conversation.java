package org.tlac.runner.sandbox;

import java.time.Duration;

/** Whom a program talks to while it runs. Called by the slot's thread; what it hears is hostile text. */
public interface Conversation {

    /** How long the program may run without reading what was typed; waiting for that does not count. */
    Duration turn();

    /** How long it may last in all. Whoever wants an end before that, with a reason, orders it. */
    Duration lifetime();

    /** It runs from now on; orders go through the line. */
    void started(Line line);

    /** It printed a piece, cut anywhere, to its output or to its error output. */
    void said(boolean error, byte[] piece);

    /** It waits for input, and everything that it printed before was said. */
    void waits();

    /** The way to a running program, for any thread; when it has ended, nothing happens. */
    interface Line {

        /** @param last whether the input ends with it */
        void type(byte[] text, boolean last);

        /** Ends the program. */
        void stop();
    }
}
