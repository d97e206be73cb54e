package org.tlac.runner.run;

import java.net.URLConnection;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.LimitClass;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;
import org.tlac.runner.sandbox.Limits;
import org.tlac.runner.sandbox.Outcome;
import org.tlac.runner.sandbox.Program;
import org.tlac.runner.sandbox.Sandbox;
import org.tlac.runner.sandbox.SandboxException;

/** Runs over HTTP. */
public final class RunRoutes {

    static final String RUN = "/api/python/run";

    private static final Logger LOG = LoggerFactory.getLogger(RunRoutes.class);
    private static final String UNAVAILABLE = "Python runner unavailable.";
    private static final Duration COME_BACK = Duration.ofSeconds(3);

    private final Runner runner;
    private final RunQueue queue;
    private final RunnerMetrics metrics;
    private final Limits limits;
    private final Duration patience;

    public RunRoutes(Runner runner, RunQueue queue, RunnerMetrics metrics, Limits limits, Duration patience) {
        this.runner = runner;
        this.queue = queue;
        this.metrics = metrics;
        this.limits = limits;
        this.patience = patience;
    }

    public Routes routes() {
        return Routes.of(
                Route.post(RUN, Access.SIGNED_IN, this::run).limited(LimitClass.RUNS),
                Route.get("/api/python/diagnostics", Access.TEACHER, call -> Reply.json(diagnostics()))
                        .limited(LimitClass.OTHER));
    }

    private Reply run(Call call) throws InterruptedException {
        Program program = call.body(RunRequest.class).program(limits);
        Sandbox sandbox = runner.sandbox().orElseThrow(() -> ApiError.unavailable(UNAVAILABLE, "internal", null));
        long arrived = System.nanoTime();
        return switch (queue.enter(call.caller().id(), patience)) {
            case RunQueue.Admission.Admitted slot -> {
                try (slot) {
                    metrics.used(100);
                    metrics.waited(arrived);
                    yield reply(run(sandbox, program));
                }
            }
            case RunQueue.Admission.TooManyOfUser refused -> {
                metrics.used(150);
                metrics.refused();
                throw ApiError.tooManyRequests("You have a program running and one waiting already.", COME_BACK);
            }
            case RunQueue.Admission.Full full ->
                throw ApiError.busy("The Python runner is busy. Please try again shortly.", COME_BACK);
        };
    }

    private Outcome run(Sandbox sandbox, Program program) {
        try {
            Outcome outcome = sandbox.run(program);
            metrics.ran(outcome);
            return outcome;
        } catch (SandboxException e) {
            LOG.error("A run failed", e);
            throw ApiError.unavailable(UNAVAILABLE, "internal", e);
        }
    }

    private static Reply reply(Outcome outcome) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("ok", outcome.isSuccess());
        body.put("stdout", outcome.stdout());
        body.put("stderr", stderr(outcome));
        body.put("exit_code", outcome.exitCode());
        body.put("timed_out", outcome.end() == Outcome.End.TIMEOUT);
        body.put("duration_ms", outcome.duration().toMillis());
        body.put("files", outcome.files().stream().map(RunRoutes::file).toList());
        return Reply.json(body);
    }

    /** What the program said, and what a pupil should know of how it ended. */
    private static String stderr(Outcome outcome) {
        String hint = switch (outcome.end()) {
            case TIMEOUT -> "The program took too long and was stopped.\n";
            case FLOOD -> "The program printed too much and was stopped.\n";
            case EXITED -> "";
        };
        return hint.isEmpty() || outcome.stderr().isEmpty() || outcome.stderr().endsWith("\n")
                ? outcome.stderr() + hint
                : outcome.stderr() + "\n" + hint;
    }

    private static Map<String, Object> file(Outcome.ProducedFile file) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("path", file.path());
        body.put("size", file.content().length);
        body.put("mime", mime(file.path()));
        body.put("content_base64", Base64.getEncoder().encodeToString(file.content()));
        return body;
    }

    /** By the name alone: contents are the program's to choose, and nobody should guess what they look like. */
    private static String mime(String path) {
        return path.endsWith(".svg")
                ? "image/svg+xml"
                : Objects.requireNonNullElse(URLConnection.guessContentTypeFromName(path), "application/octet-stream");
    }

    private Map<String, Object> diagnostics() {
        Map<String, Object> body = new LinkedHashMap<>();
        boolean isolated = runner.isIsolated();
        body.put("runner_enabled", isolated);
        body.put("isolation", isolated ? "full" : "none");
        body.put("reason", runner.reason());
        body.put(
                "layers",
                List.of(
                        "user, process, mount, network, IPC and host name namespaces of each run",
                        "read-only root with Python and its standard library",
                        "scratch space limited in bytes and files",
                        "no capabilities, no new privileges",
                        "resource limits",
                        "seccomp filters for the sandbox and, tighter, for the program"));
        body.put("canaries_denied", runner.canaries());
        body.put("python_version", runner.sandbox().map(Sandbox::pythonVersion).orElse(""));
        body.put("slots", Map.of("total", queue.slotCount(), "busy", queue.busy()));
        body.put("queue_depth", queue.depth());
        return body;
    }
}
