package org.tlac.runner.run;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.runner.sandbox.Canaries;
import org.tlac.runner.sandbox.Limits;
import org.tlac.runner.sandbox.Sandbox;
import org.tlac.runner.sandbox.SandboxException;

/** The sandbox, if there is one that holds. Asked for again at each probe while there is none, so that a repaired machine needs no restart. */
public final class Runner implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Runner.class);

    private final Path python;
    private final Limits limits;
    private volatile State state = new State(null, Map.of(), "not tried yet");

    /** What is known of the sandbox: it, when it holds, what each canary met, and why there is none. */
    private record State(@Nullable Sandbox sandbox, Map<String, Boolean> canaries, String reason) {}

    public Runner(Path python, Limits limits) {
        this.python = python;
        this.limits = limits;
    }

    /** Makes the sandbox and tries to break out of it. @return whether it holds */
    public synchronized boolean prepare() {
        if (isIsolated()) {
            return true;
        }
        try {
            Sandbox sandbox = Sandbox.create(python, limits);
            Map<String, Boolean> canaries = Canaries.fly(sandbox);
            if (canaries.containsValue(false)) {
                sandbox.close();
                state = new State(null, canaries, "a canary was not denied");
            } else {
                state = new State(sandbox, canaries, "");
                LOG.info(
                        "The sandbox holds: {} canaries were denied, Python {}",
                        canaries.size(),
                        sandbox.pythonVersion());
            }
        } catch (SandboxException e) {
            state = new State(null, Map.of(), String.valueOf(e.getMessage()));
        }
        if (!isIsolated()) {
            LOG.error("No program will run: {}", state.reason());
        }
        return isIsolated();
    }

    boolean isIsolated() {
        return state.sandbox() != null;
    }

    Optional<Sandbox> sandbox() {
        return Optional.ofNullable(state.sandbox());
    }

    Map<String, Boolean> canaries() {
        return state.canaries();
    }

    /** Why no program runs; empty when they do. */
    String reason() {
        return state.reason();
    }

    @Override
    public void close() {
        sandbox().ifPresent(Sandbox::close);
    }
}
