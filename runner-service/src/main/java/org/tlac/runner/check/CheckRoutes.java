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
import org.tlac.runner.run.RunAdmission;
import org.tlac.runner.run.RunRequest;
import org.tlac.runner.sandbox.Limits;
import org.tlac.runner.sandbox.SandboxException;
import org.tlac.runner.sandbox.SlotsOnDemand;

/** Checks over HTTP. */
public final class CheckRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(CheckRoutes.class);

    private final CourseChecks course;
    private final CheckRules rules;
    private final Limits limits;
    private final RunAdmission admission;
    private final AssertionRunner assertions;

    private record CheckRequest(
            @Nullable String lessonId,
            @Nullable String activityId,
            @Nullable String code) {}

    /** @param assertionSlots run nothing but assertions */
    public CheckRoutes(CheckRules rules, Limits limits, RunAdmission admission, SlotsOnDemand assertionSlots) {
        this.course = new CourseChecks(rules, InstantSource.system());
        this.rules = rules;
        this.limits = limits;
        this.admission = admission;
        this.assertions = new AssertionRunner(assertionSlots);
    }

    public Routes routes() {
        return Routes.of(Route.post("/api/python/check", Access.SIGNED_IN, this::check));
    }

    private Reply check(Call call) throws IOException, InterruptedException {
        CheckRequest request = call.body(CheckRequest.class);
        String code = new RunRequest(request.lessonId(), request.activityId(), request.code(), null, null)
                .program(limits)
                .code();
        List<Check> checks = checks(ActivityKey.of(
                Objects.requireNonNull(request.lessonId()), Objects.requireNonNull(request.activityId())));
        admission.requireIsolation();
        Checker checker =
                new Checker(admission, assertions, rules.budget(), call.caller().id(), code);
        List<Verdict> verdicts = new ArrayList<>();
        try {
            for (Check check : checks) {
                verdicts.add(checker.check(check));
            }
        } catch (SandboxException e) {
            LOG.error("A check failed", e);
            throw RunAdmission.unavailable(e);
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
