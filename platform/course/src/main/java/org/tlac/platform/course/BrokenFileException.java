package org.tlac.platform.course;

/** A file of the course that cannot be used; the message begins with the file's path in the course and says what is wrong where. */
public final class BrokenFileException extends RuntimeException {

    public BrokenFileException(String message) {
        super(message);
    }

    public BrokenFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
