package org.tlac.runner.run;

import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;
import org.tlac.runner.sandbox.PythonProgram;
import org.tlac.runner.sandbox.SandboxException;

/** Runs over HTTP. */
public final class RunRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(RunRoutes.class);

    private final RunAdmission admission;
    private final RunQueue queue;
    private final RunRules rules;

    public RunRoutes(RunAdmission admission, RunQueue queue, RunRules rules) {
        this.admission = admission;
        this.queue = queue;
        this.rules = rules;
    }

    public Routes routes() {
        return Routes.of(
                Route.post(RunRequest.PATH, Access.SIGNED_IN, this::run),
                Route.get("/api/python/queue", Access.SIGNED_IN, this::queueStatus));
    }

    private Reply run(Call call) throws InterruptedException {
        PythonProgram program = call.body(RunRequest.class).program(rules.limits());
        try {
            return Reply.json(RunAnswer.of(admission.run(call.caller().id(), program)));
        } catch (SandboxException e) {
            LOG.error("A run failed", e);
            throw RunAdmission.unavailable(e);
        }
    }

    private Reply queueStatus(Call call) {
        RunQueue.Status status = queue.status(call.caller().id());
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("depth", status.depth());
        body.put("position", status.position());
        body.put("running", status.running());
        return Reply.json(body);
    }
}
