package org.tlac.acceptance.edge;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.tlac.platform.testing.FlakyProxy;

/**
 * Something that goes wrong behind the gateway, and how it is put right; the launcher may put it right by itself before.
 *
 * @param part the service that it happens to, or postgres
 */
public record Fault(String part, String how, Act begin, Act end) {

    @FunctionalInterface
    public interface Act {
        void run() throws IOException, InterruptedException;
    }

    static final String KILLED = "killed";

    /** The launcher's patience with a start, and more. */
    private static final Duration RESTART = Duration.ofSeconds(90);

    private static final Duration SLOW = Duration.ofSeconds(2);

    /** A status line and no more. */
    private static final int HALF = 20;

    public String name() {
        return part + " " + how;
    }

    /** By {@code kill -9}: the system refuses connections from then on, and so does the wire before it, until it is there again. */
    static Fault killed(Target target, String part, FlakyProxy wire, int port) {
        return new Fault(
                part,
                KILLED,
                () -> {
                    signal("KILL", target.worker(part));
                    // The signal is on its way for a moment, in which the port is still there.
                    Endurance.within(RESTART, () -> !listens(port));
                    wire.refuse();
                },
                () -> {
                    Endurance.within(RESTART, () -> listens(port));
                    wire.mend();
                });
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** By SIGSTOP: connections are still accepted by the system, and nobody answers. */
    static Fault stopped(Target target, String part) {
        long[] stopped = new long[1];
        return new Fault(
                part,
                "stopped",
                () -> {
                    stopped[0] = target.worker(part);
                    signalAll("STOP", stopped[0]);
                },
                () -> signalAll("CONT", stopped[0]));
    }

    static List<Fault> ofWire(String part, FlakyProxy wire) {
        return List.of(
                new Fault(part, "slow", () -> wire.slow(SLOW), wire::mend),
                new Fault(part, "refused", wire::refuse, wire::mend),
                new Fault(part, "half-answering", () -> wire.halve(HALF), wire::mend));
    }

    /** With all that it started: PostgreSQL is a family. */
    private static void signalAll(String signal, long pid) throws IOException, InterruptedException {
        List<ProcessHandle> family = ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .toList();
        signal(signal, pid);
        for (ProcessHandle each : family) {
            signal(signal, each.pid());
        }
    }

    private static void signal(String signal, long pid) throws IOException, InterruptedException {
        // One that is gone already needs no signal.
        new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
