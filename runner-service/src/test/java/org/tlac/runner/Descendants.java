package org.tlac.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Processes that descend from this JVM and live: those of its sandboxes. */
public final class Descendants {

    /** Of one sandbox: bubblewrap, supervisor, zygote, the program to be, and the one after it. */
    public static final int SANDBOX = 5;

    private Descendants() {}

    public static List<Long> living() {
        return ProcessHandle.current()
                .descendants()
                .map(ProcessHandle::pid)
                .filter(Descendants::lives)
                .toList();
    }

    /** Whether it has not ended; one that nobody has waited for yet has. */
    static boolean lives(long pid) {
        try {
            return !Files.readString(Path.of("/proc", Long.toString(pid), "stat"))
                    .contains(") Z ");
        } catch (IOException e) {
            return false;
        }
    }
}
