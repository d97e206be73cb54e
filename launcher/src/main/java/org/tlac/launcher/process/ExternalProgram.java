package org.tlac.launcher.process;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.logs.Logs;

/**
 * A program of the machine, not ours, that is kept running: Prometheus and its companions.
 *
 * @param command the program with its arguments
 * @param port where it listens, on this machine only
 * @param readyPath answers 200 there once it works
 * @param livePath answers 200 there as long as it is no use to start it again
 */
public record ExternalProgram(
        Home home,
        Logs logs,
        String name,
        List<String> command,
        Map<String, String> environment,
        int port,
        String readyPath,
        String livePath)
        implements ManagedProcess {

    /** Prometheus writes out what it has in memory. */
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(60);

    public ExternalProgram {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    @Override
    public List<String> needs() {
        return List.of();
    }

    @Override
    public void prepare() {
        // Its configuration is written before anything starts.
    }

    @Override
    public ChildProcess launch() {
        return ChildProcess.start(home, logs, name, SignalWrapper.command(command), environment);
    }

    @Override
    public boolean isReady() {
        return Readiness.of(port, readyPath).isReady();
    }

    @Override
    public Liveness liveness(Duration timeout) {
        return Liveness.ofHttp(port, livePath, timeout);
    }

    @Override
    public Duration stopPatience() {
        return STOP_PATIENCE;
    }

    public String url() {
        return "http://localhost:" + port;
    }
}
