package org.tlac.platform.identity;

/** auth-service's public keys could not be fetched: nobody can be told apart until it is back. */
public final class KeysUnavailableException extends RuntimeException {

    public KeysUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
