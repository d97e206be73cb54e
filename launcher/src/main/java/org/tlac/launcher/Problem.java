package org.tlac.launcher;

/** Something that a person must know or do before TLAC can run: one sentence, printed as it stands. */
final class Problem extends RuntimeException {

    Problem(String message) {
        super(message);
    }

    Problem(String message, Throwable cause) {
        super(message + " (" + cause.getMessage() + ")", cause);
    }
}
