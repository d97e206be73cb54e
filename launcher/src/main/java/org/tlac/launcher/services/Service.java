package org.tlac.launcher.services;

import java.time.Duration;
import java.util.List;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.logs.Logs;
import org.tlac.launcher.process.ChildProcess;
import org.tlac.launcher.process.Liveness;
import org.tlac.launcher.process.ManagedProcess;
import org.tlac.launcher.process.Readiness;

/** A row of the table of services, as something that can be run. */
public record Service(Home home, Logs logs, ServiceSpec spec) implements ManagedProcess {

    /** Calls in flight may take 10 s to finish, and class data is archived at the first stop. */
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

    @Override
    public String name() {
        return spec.name();
    }

    @Override
    public List<String> needs() {
        return spec.needs();
    }

    @Override
    public void prepare() {
        // A service brings its own about, when it starts.
    }

    @Override
    public ChildProcess launch() {
        return ChildProcess.start(home, logs, spec.name(), spec.command(home.cache()), spec.environment());
    }

    @Override
    public boolean isReady() {
        return Readiness.of(spec.managementPort()).isReady();
    }

    @Override
    public Liveness liveness(Duration timeout) {
        return Liveness.ofHttp(spec.managementPort(), "/health/live", timeout);
    }

    @Override
    public Duration stopPatience() {
        return STOP_PATIENCE;
    }
}
