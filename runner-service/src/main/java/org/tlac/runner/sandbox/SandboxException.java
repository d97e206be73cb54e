package org.tlac.runner.sandbox;

import org.jspecify.annotations.Nullable;

/** The sandbox could not be made, or did not answer: nothing is known of the program, and nothing of it runs any more. */
public final class SandboxException extends RuntimeException {

    SandboxException(String message) {
        super(message);
    }

    SandboxException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
