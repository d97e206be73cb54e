package org.tlac.runner.interactive;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;
import org.tlac.runner.run.RunAdmission;
import org.tlac.runner.run.RunRequest;
import org.tlac.runner.sandbox.Isolation;
import org.tlac.runner.sandbox.Limits;
import org.tlac.runner.sandbox.PythonProgram;

/** Interactive runs over HTTP. */
public final class InteractiveRoutes {

    /** What the gateway calls this replica. */
    static final String REPLICA = "X-Tlac-Replica";

    private static final String PATH = "/api/python/session";
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final Duration LATER = Duration.ofHours(1);

    private final InteractiveRuns runs;
    private final RunAdmission admission;
    private final Limits limits;

    /** What is started; {@code stdin} is not among it, because it is typed. */
    private record Start(
            @Nullable String lessonId,
            @Nullable String activityId,
            @Nullable String code,
            @Nullable List<RunRequest.InputFile> files) {

        PythonProgram program(Limits limits) {
            return new RunRequest(lessonId, activityId, code, files, null).program(limits);
        }
    }

    /**
     * What is typed: a line, whose end need not be there.
     *
     * @param end true when nothing more follows, as Ctrl-D says it; the text may be missing then
     */
    private record Input(@Nullable String text, @Nullable Boolean end) {

        boolean last() {
            return Boolean.TRUE.equals(end);
        }

        String line() {
            if (text == null) {
                if (last()) {
                    return "";
                }
                throw ApiError.badRequest("Text is required.");
            }
            boolean whole = text.endsWith("\n") || (last() && text.isEmpty());
            return whole ? text : text + "\n";
        }
    }

    public InteractiveRoutes(InteractiveRuns runs, RunAdmission admission, Limits limits) {
        this.runs = runs;
        this.admission = admission;
        this.limits = limits;
    }

    public Routes routes() {
        return Routes.of(
                Route.post(PATH, Access.SIGNED_IN, this::start),
                Route.get(PATH + "/{id}/events", Access.SIGNED_IN, this::events),
                Route.post(PATH + "/{id}/input", Access.SIGNED_IN, this::input),
                Route.delete(PATH + "/{id}", Access.SIGNED_IN, this::stop));
    }

    private Reply start(Call call) throws InterruptedException {
        PythonProgram program = call.body(Start.class).program(limits);
        if (admission.requireIsolation() == Isolation.PROCESS) {
            // One program at a time: a class would wait for as long as one pupil thinks.
            throw ApiError.busy("Programs cannot be talked to here. Give the input before the run.", LATER);
        }
        String replica = call.header(REPLICA).orElse(InteractiveRunId.UNNAMED);
        InteractiveRun run = runs.start(replica, call.caller().id(), program)
                .orElseThrow(() -> ApiError.busy(
                        "Too many programs are waiting for their users. Please try again shortly.", RETRY_AFTER));
        String path = PATH + "/" + run.id();
        return Reply.json(201, Map.of("id", run.id(), "events", path + "/events", "input", path + "/input"));
    }

    private Reply events(Call call) {
        InteractiveRun run = run(call);
        long lastEvent =
                call.header("Last-Event-ID").map(InteractiveRoutes::eventId).orElse(0L);
        if (run.isOverAt(lastEvent)) {
            // An EventSource that connects again has seen the end; of all answers only this one makes it give up
            // quietly.
            return Reply.empty(204);
        }
        return Reply.stream(
                200,
                List.of(
                        new Reply.Header("Content-Type", "text/event-stream"),
                        // For a proxy before the gateway, which would wait for more before it passes anything on.
                        new Reply.Header("X-Accel-Buffering", "no")),
                run.events(lastEvent));
    }

    private static long eventId(String text) {
        if (!text.matches("[0-9]{1,9}")) {
            throw ApiError.badRequest("Last-Event-ID must be the id of an event.");
        }
        return Long.parseLong(text);
    }

    private Reply input(Call call) {
        InteractiveRun run = run(call);
        Input input = call.body(Input.class);
        return switch (run.input().type(input.line(), input.last())) {
            case TAKEN -> Reply.json(Map.of("ok", true));
            case TOO_MUCH -> throw ApiError.badRequest("That is too much input for one program.");
            case TOO_LATE -> throw ApiError.conflict("The program takes no more input.");
        };
    }

    private Reply stop(Call call) {
        runs.stop(run(call), StopCause.STOPPED);
        return Reply.json(Map.of("ok", true));
    }

    /** @throws ApiError 404, the same for what never was, what is over, and what is somebody else's */
    private InteractiveRun run(Call call) {
        return runs.find(call.path("id"), call.caller().id())
                .orElseThrow(() -> ApiError.notFound("There is no such program, or it ended some time ago."));
    }
}
