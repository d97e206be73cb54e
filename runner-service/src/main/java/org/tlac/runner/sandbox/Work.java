package org.tlac.runner.sandbox;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A program that waits for a slot, and where its outcome goes. Exactly one of {@link #ended} and {@link #failed} is called, once. */
public interface Work {

    PythonProgram program();

    /** The other side of an interactive program; null for one that is given all its input at once. */
    default @Nullable Conversation conversation() {
        return null;
    }

    void ended(Outcome outcome);

    /** The sandbox failed; the program may or may not have run, and runs no more. */
    void failed(SandboxException reason);

    /** Where slots get their work. */
    interface Source {

        /** The next program, or null when there is none within {@code patience}. */
        @Nullable
        Work take(Duration patience) throws InterruptedException;

        /** Whether the slot is to end, because it has been idle for long enough. Final; asked after {@link #take} gave nothing. */
        default boolean isRetired() {
            return false;
        }
    }
}
