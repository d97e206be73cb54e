package org.tlac.runner.sandbox;

/** A program that waits for a slot, and where its outcome goes. Exactly one of the two is called, once. */
public interface Work {

    Program program();

    void ended(Outcome outcome);

    /** The sandbox failed; the program may or may not have run, and runs no more. */
    void failed(SandboxException reason);

    /** Where slots get their work. */
    interface Source {

        /** The next program, or null when there is none within {@code patience}. */
        @org.jspecify.annotations.Nullable
        Work take(java.time.Duration patience) throws InterruptedException;
    }
}
