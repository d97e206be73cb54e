package org.tlac.launcher.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.tlac.launcher.home.UserError;

/** What {@link ProcessHandle} cannot send. */
public enum Signal {
    CONT,
    INT,
    QUIT;

    /** Those that are gone already are passed over. */
    public void to(List<ProcessHandle> processes) {
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
