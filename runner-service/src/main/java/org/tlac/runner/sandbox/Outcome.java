package org.tlac.runner.sandbox;

import java.time.Duration;
import java.util.List;

/**
 * How a program ended. Everything that it could write (output, files and their names) is hostile text.
 *
 * @param exitCode as a shell tells it: its exit code, or 128 and the signal
 */
public record Outcome(
        End end, int exitCode, Duration duration, String stdout, String stderr, List<ProducedFile> files) {

    public enum End {
        EXITED,
        /** Stopped at the wall clock's or the processor's limit. */
        TIMEOUT,
        /** Stopped because somebody asked for it. */
        STOPPED,
        /** Stopped because it printed without end. */
        FLOOD,
        /** Stopped because it and what it started took too much memory together. */
        MEMORY,
        /** Stopped because it wrote more than its folder may hold; where the folder has a limit of its own, it meets that instead. */
        SPACE
    }

    @SuppressWarnings("ArrayRecordComponent") // Sent, never compared.
    public record ProducedFile(String path, byte[] content) {}

    public Outcome {
        files = List.copyOf(files);
    }

    public boolean isSuccess() {
        return end == End.EXITED && exitCode == 0;
    }
}
