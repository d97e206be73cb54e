package org.tlac.platform.identity;

/** The token presented proves nothing; the message is for the log, never for the client. */
public final class InvalidTokenException extends RuntimeException {

    public InvalidTokenException(String message) {
        super(message);
    }
}
