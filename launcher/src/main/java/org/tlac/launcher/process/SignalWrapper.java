package org.tlac.launcher.process;

import java.util.ArrayList;
import java.util.List;

/** How programs that are not ours, and know nothing of our standard input, end with us. */
public final class SignalWrapper {

    /**
     * Runs a program and stops it by SIGINT when our standard input ends or we are asked to stop: to PostgreSQL that means at once but
     * properly, to Prometheus and its companions the same as TERM. Again and again, since a program that just starts may not listen yet.
     * Its output is opened for reading too: a program in Go that prints while nobody reads, as when we are killed, would be ended by that.
     */
    private static final String SCRIPT = """
            exec 3<&0
            trap 'kill -INT "$pid" 2>/dev/null' TERM INT
            "$@" 3<&- </dev/null 1<>/proc/self/fd/1 2>&1 &
            pid=$!
            { cat <&3 >/dev/null; while kill -INT "$pid" 2>/dev/null; do sleep 0.5; done; } >/dev/null 2>&1 &
            watcher=$!
            exec 3<&-
            while kill -0 "$pid" 2>/dev/null; do wait "$pid"; code=$?; done
            kill "$watcher" 2>/dev/null
            exit "${code:-1}"
            """;

    private SignalWrapper() {}

    /** The command that runs a program so; what it answers with is the program's exit code. Changing the list later is fine. */
    public static List<String> command(List<String> program) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", SCRIPT, "sh"));
        command.addAll(program);
        return command;
    }
}
