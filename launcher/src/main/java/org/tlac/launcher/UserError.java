package org.tlac.launcher;

/** Something that a person must know or do before TLAC can run: one sentence, printed as it stands. */
final class UserError extends RuntimeException {

    UserError(String message) {
        super(message);
    }

    UserError(String message, Throwable cause) {
        super(message + " (" + cause.getMessage() + ")", cause);
    }
}
