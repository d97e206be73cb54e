package org.tlac.runner.interactive;

/** Why an interactive run was ended from outside; in lower case, the {@code reason} of its last event. */
enum StopCause {
    /** Its user stopped it. */
    STOPPED(""),
    /** Its user started another one. */
    REPLACED("Another program was started, and this one was stopped.\n"),
    /** No client reads its events. */
    LOST(""),
    IDLE("The program waited too long for input and was stopped.\n"),
    LIFETIME("The program took too long and was stopped.\n"),
    SHUTDOWN("The Python runner is being restarted, and the program was stopped. Please run it again.\n"),
    /** The sandbox failed. */
    FAILED("Python runner unavailable.\n");

    private final String message;

    StopCause(String message) {
        this.message = message;
    }

    /** For the pupil, after the program's error output; may be empty. */
    String message() {
        return message;
    }

    boolean isTimeout() {
        return this == IDLE || this == LIFETIME;
    }
}
