package org.tlac.runner.interactive;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.runner.run.RunAnswer;
import org.tlac.runner.sandbox.Conversation;
import org.tlac.runner.sandbox.Outcome;
import org.tlac.runner.sandbox.PythonProgram;
import org.tlac.runner.sandbox.SandboxException;
import org.tlac.runner.sandbox.Work;

/**
 * One program that reads its input while it runs, from its start until its end is in the transcript. Holds together its state, its input,
 * its output and its reader; the methods below are in the order in which a run meets them.
 */
final class InteractiveRun implements Work, Conversation {

    private static final Logger LOG = LoggerFactory.getLogger(InteractiveRun.class);
    private static final int KILLED = 128 + 9;

    /** The sandbox ends by itself what was not stopped with a cause by then. */
    private static final Duration RESERVE = Duration.ofSeconds(2);

    private final String id;
    private final long userId;
    private final PythonProgram program;
    private final InteractiveRules rules;
    private final BiConsumer<InteractiveRun, @Nullable Outcome> onEnd;
    private final Transcript transcript;
    private final RunState state;
    private final RunInput input;
    private final RunReader reader = new RunReader();
    private final CountDownLatch over = new CountDownLatch(1);

    /** @param onEnd called once, with the outcome, or null when the program never ran or the sandbox failed */
    InteractiveRun(
            String id,
            long userId,
            PythonProgram program,
            InteractiveRules rules,
            int outputCharacters,
            BiConsumer<InteractiveRun, @Nullable Outcome> onEnd) {
        this.id = id;
        this.userId = userId;
        this.program = program;
        this.rules = rules;
        this.onEnd = onEnd;
        this.transcript = new Transcript(outputCharacters);
        this.state = new RunState(rules);
        this.input = new RunInput(state, rules.inputBytes());
    }

    String id() {
        return id;
    }

    long userId() {
        return userId;
    }

    RunState state() {
        return state;
    }

    RunInput input() {
        return input;
    }

    /** The events after that one; a stream that was opened before gets no more of them. */
    EventStream events(long after) {
        EventStream stream = new EventStream(transcript, reader, rules.heartbeat(), after);
        reader.attach(stream);
        transcript.wake();
        return stream;
    }

    /** Whether nothing follows that event. */
    boolean isOverAt(long event) {
        return transcript.isOverAt(event);
    }

    @Override
    public PythonProgram program() {
        return program;
    }

    @Override
    public Conversation conversation() {
        return this;
    }

    @Override
    public Duration turn() {
        return rules.turn();
    }

    @Override
    public Duration lifetime() {
        return rules.lifetime().plus(RESERVE);
    }

    @Override
    public void started(Line line) {
        input.connect(line);
        state.started(line);
    }

    @Override
    public void said(boolean error, byte[] piece) {
        transcript.output(error, piece);
    }

    @Override
    public void waits() {
        state.awaitsInput();
        transcript.waiting();
    }

    /** Which deadline has passed; null while none has. */
    @Nullable
    StopCause overdue(long now) {
        return state.overdue(now, reader.isGone(now, rules.grace()));
    }

    @Override
    public void ended(Outcome outcome) {
        // A program that did not obey a stop was ended by the watchdog: for the same cause.
        boolean stopped = outcome.end() == Outcome.End.STOPPED || outcome.end() == Outcome.End.TIMEOUT;
        StopCause cause = stopped ? state.stopCause() : null;
        boolean timedOut = cause == null ? outcome.end() == Outcome.End.TIMEOUT : cause.isTimeout();
        Map<String, Object> end = new LinkedHashMap<>();
        end.put("ok", outcome.isSuccess());
        end.put("exit_code", outcome.exitCode());
        end.put("timed_out", timedOut);
        end.put("duration_ms", outcome.duration().toMillis());
        end.put("reason", name(cause == null ? outcome.end() : cause));
        end.put("files", outcome.files().stream().map(RunAnswer::file).toList());
        String message = cause == null ? RunAnswer.hint(outcome.end()) : cause.message();
        finish(message, end, timedOut ? timeout(outcome) : outcome);
    }

    /** For the metrics: a program that a limit ended counts as timed out, whichever limit it was. */
    private static Outcome timeout(Outcome outcome) {
        return new Outcome(Outcome.End.TIMEOUT, outcome.exitCode(), outcome.duration(), "", "", List.of());
    }

    @Override
    public void failed(SandboxException reason) {
        StopCause cause = state.stopCause();
        if (cause == null) {
            LOG.error("An interactive run failed", reason);
        }
        endWithoutOutcome(cause == null ? StopCause.FAILED : cause);
    }

    /** For a program that never ran, or was lost with its sandbox. */
    void endWithoutOutcome(StopCause cause) {
        Map<String, Object> end = new LinkedHashMap<>();
        end.put("ok", false);
        end.put("exit_code", KILLED);
        end.put("timed_out", false);
        end.put("duration_ms", 0);
        end.put("reason", name(cause));
        end.put("files", List.of());
        finish(cause.message(), end, null);
    }

    private void finish(String message, Map<String, ?> end, @Nullable Outcome outcome) {
        if (!state.end()) {
            return;
        }
        input.close();
        transcript.outputEnds(message);
        // Before the last event: who reads it may start the next run and look at the metrics.
        onEnd.accept(this, outcome);
        transcript.end(end);
        over.countDown();
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** Waits for the end. @return whether it came in time */
    boolean awaitEnd(Duration patience) throws InterruptedException {
        return over.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }
}
