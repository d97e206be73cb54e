package org.tlac.launcher;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What {@link ProcessHandle} cannot send. */
enum Signal {
    CONT,
    INT,
    QUIT;

    /** Those that are gone already are passed over. */
    void to(List<ProcessHandle> processes) {
        if (processes.isEmpty()) {
            return;
        }
        List<String> command = new ArrayList<>(List.of("kill", "-" + name()));
        processes.forEach(process -> command.add(Long.toString(process.pid())));
        try {
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .onExit()
                    .join();
        } catch (IOException e) {
            throw new UserError("Cannot run kill", e);
        }
    }
}
