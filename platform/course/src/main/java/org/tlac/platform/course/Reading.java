package org.tlac.platform.course;

/** What is known of a file of the course. The same object as long as the file's content is the same. */
public sealed interface Reading<T> {

    /** No regular, readable file is there, or a link is on the way to it. */
    record Missing<T>() implements Reading<T> {}

    /** @param message as {@link BrokenFileException} has it */
    record Broken<T>(String message, boolean tooLarge) implements Reading<T> {}

    record Good<T>(T value) implements Reading<T> {}
}
