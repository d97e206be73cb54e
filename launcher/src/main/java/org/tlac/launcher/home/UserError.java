package org.tlac.launcher.home;

/** Something that a person must know or do before TLAC can run: one sentence, printed as it stands. */
public final class UserError extends RuntimeException {

    public UserError(String message) {
        super(message);
    }

    public UserError(String message, Throwable cause) {
        super(message + " (" + cause.getMessage() + ")", cause);
    }
}
