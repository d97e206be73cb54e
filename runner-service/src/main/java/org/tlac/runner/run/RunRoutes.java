package org.tlac.runner.run;

import java.net.URLConnection;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;
import org.tlac.runner.sandbox.Outcome;
import org.tlac.runner.sandbox.PythonProgram;
import org.tlac.runner.sandbox.Sandbox;
import org.tlac.runner.sandbox.SandboxException;

/** Runs over HTTP. */
public final class RunRoutes {

    static final String RUN = "/api/python/run";

    private static final Logger LOG = LoggerFactory.getLogger(RunRoutes.class);
    private static final String UNAVAILABLE = "Python runner unavailable.";
    private static final Duration RETRY_AFTER = Duration.ofSeconds(3);

    private final Sandbox sandbox;
    private final RunQueue queue;
    private final RunnerMetrics metrics;
    private final RunRules rules;

    public RunRoutes(Sandbox sandbox, RunQueue queue, RunnerMetrics metrics, RunRules rules) {
        this.sandbox = sandbox;
        this.queue = queue;
        this.metrics = metrics;
        this.rules = rules;
    }

    public Routes routes() {
        return Routes.of(
                Route.post(RUN, Access.SIGNED_IN, this::run),
                Route.get("/api/python/queue", Access.SIGNED_IN, this::standing));
    }

    private Reply run(Call call) throws InterruptedException {
        PythonProgram program = call.body(RunRequest.class).program(rules.limits());
        requireIsolation();
        long user = call.caller().id();
        return switch (queue.enter(user, program)) {
            case RunQueue.Admission.Accepted accepted -> {
                metrics.admitted(queue.programsOf(user));
                yield reply(outcome(accepted.ticket()));
            }
            case RunQueue.Admission.TooManyOfUser refused -> {
                metrics.refused();
                throw ApiError.tooManyRequests("You have a program running and one waiting already.", RETRY_AFTER);
            }
            case RunQueue.Admission.Full full -> throw busy();
        };
    }

    private Reply standing(Call call) {
        RunQueue.Standing standing = queue.standing(call.caller().id());
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("depth", standing.depth());
        body.put("position", standing.position());
        body.put("running", standing.running());
        return Reply.json(body);
    }

    private void requireIsolation() {
        if (!rules.permits(sandbox.isolation())) {
            throw ApiError.unavailable(UNAVAILABLE, "internal", null);
        }
    }

    private Outcome outcome(RunQueue.Ticket ticket) throws InterruptedException {
        try {
            Optional<Outcome> outcome = ticket.await(rules.patience());
            if (outcome.isEmpty()) {
                requireIsolation();
                throw busy();
            }
            metrics.ran(outcome.get(), ticket.waited());
            return outcome.get();
        } catch (SandboxException e) {
            LOG.error("A run failed", e);
            throw ApiError.unavailable(UNAVAILABLE, "internal", e);
        }
    }

    private static ApiError busy() {
        return ApiError.busy("The Python runner is busy. Please try again shortly.", RETRY_AFTER);
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
        String hint = hint(outcome.end());
        return hint.isEmpty() || outcome.stderr().isEmpty() || outcome.stderr().endsWith("\n")
                ? outcome.stderr() + hint
                : outcome.stderr() + "\n" + hint;
    }

    /** What a pupil should know of an end that was not the program's own. */
    public static String hint(Outcome.End end) {
        return switch (end) {
            case TIMEOUT -> "The program took too long and was stopped.\n";
            case FLOOD -> "The program printed too much and was stopped.\n";
            case MEMORY -> "The program used too much memory and was stopped.\n";
            case SPACE -> "The program wrote too much into its files and was stopped.\n";
            case EXITED, STOPPED -> "";
        };
    }

    /** A file in the answer's form. */
    public static Map<String, Object> file(Outcome.ProducedFile file) {
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
}
