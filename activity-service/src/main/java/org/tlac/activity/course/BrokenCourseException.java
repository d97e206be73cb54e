package org.tlac.activity.course;

/** A course that cannot be used; the message names the file, the place in it and what is wrong there. */
public final class BrokenCourseException extends RuntimeException {

    BrokenCourseException(String message) {
        super(message);
    }
}
