package org.tlac.runner.check;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.platform.course.ActivityKey;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;
import org.tlac.runner.run.RunQueue;
import org.tlac.runner.run.RunRequest;
import org.tlac.runner.run.RunRules;
import org.tlac.runner.run.RunnerMetrics;
import org.tlac.runner.sandbox.Sandbox;
import org.tlac.runner.sandbox.SandboxException;
import org.tlac.runner.sandbox.SlotsOnDemand;

/** Checks over HTTP. */
public final class CheckRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(CheckRoutes.class);

    private final CourseChecks course;
    private final Sandbox sandbox;
    private final RunRules runs;
    private final Checker.Place place;

    private record CheckRequest(
            @Nullable String lessonId,
            @Nullable String activityId,
            @Nullable String code) {}

    /** @param judges slots that run nothing but assertions */
    public CheckRoutes(
            CheckRules rules,
            RunRules runs,
            Sandbox sandbox,
            RunQueue queue,
            SlotsOnDemand judges,
            RunnerMetrics metrics) {
        this.course = new CourseChecks(rules, InstantSource.system());
        this.sandbox = sandbox;
        this.runs = runs;
        this.place = new Checker.Place(queue, metrics, new AssertionRunner(judges), runs.patience(), rules.budget());
    }

    public Routes routes() {
        return Routes.of(Route.post("/api/python/check", Access.SIGNED_IN, this::check));
    }

    private Reply check(Call call) throws IOException, InterruptedException {
        CheckRequest request = call.body(CheckRequest.class);
        String code = new RunRequest(request.lessonId(), request.activityId(), request.code(), null, null)
                .program(runs.limits())
                .code();
        List<Check> checks = checks(ActivityKey.of(
                Objects.requireNonNull(request.lessonId()), Objects.requireNonNull(request.activityId())));
        if (!runs.permits(sandbox.isolation())) {
            throw ApiError.unavailable("Python runner unavailable.", "internal", null);
        }
        Checker checker = new Checker(place, call.caller().id(), code);
        List<Verdict> verdicts = new ArrayList<>();
        try {
            for (Check check : checks) {
                verdicts.add(checker.check(check));
            }
        } catch (SandboxException e) {
            LOG.error("A check failed", e);
            throw ApiError.unavailable("Python runner unavailable.", "internal", e);
        }
        return Reply.json(Map.of(
                "passed",
                verdicts.stream().allMatch(Verdict::passed),
                "checks",
                verdicts.stream().map(CheckRoutes::body).toList()));
    }

    private List<Check> checks(ActivityKey activity) throws IOException {
        try {
            return course.of(activity).orElseThrow(() -> ApiError.notFound("This activity has no checks."));
        } catch (CourseChecks.BrokenChecksException e) {
            LOG.error("Checks that cannot be used: {}", e.getMessage());
            throw ApiError.unavailable(
                    "The checks of this activity cannot be used. Please tell your teacher.", "internal", e);
        }
    }

    private static Map<String, Object> body(Verdict verdict) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", verdict.name());
        body.put("passed", verdict.passed());
        verdict.hint().ifPresent(hint -> body.put("hint", hint));
        verdict.output().ifPresent(output -> body.put("output", output));
        return body;
    }
}
