package org.tlac.runner.interactive;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
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
import org.tlac.runner.run.RunRoutes;
import org.tlac.runner.sandbox.Conversation;
import org.tlac.runner.sandbox.Outcome;
import org.tlac.runner.sandbox.PythonProgram;
import org.tlac.runner.sandbox.SandboxException;
import org.tlac.runner.sandbox.Work;

/** One program that is talked to, from its start until its end has been told. Times are those of {@link System#nanoTime}. */
final class InteractiveRun implements Work, Conversation {

    private static final Logger LOG = LoggerFactory.getLogger(InteractiveRun.class);
    private static final int KILLED = 128 + 9;

    /** The sandbox ends by itself what was not ended with a reason by then. */
    private static final Duration RESERVE = Duration.ofSeconds(2);

    private final String id;
    private final long userId;
    private final PythonProgram program;
    private final InteractiveRules rules;
    private final BiConsumer<InteractiveRun, @Nullable Outcome> onEnd;
    private final Transcript transcript = new Transcript();
    private final Utf8Pieces stdout;
    private final Utf8Pieces stderr;
    private final CountDownLatch over = new CountDownLatch(1);
    private final long created = System.nanoTime();
    private @Nullable Line line;
    private @Nullable Cause cause;
    private @Nullable EventStream reader;
    private boolean reading;
    private long lastRead = created;
    private long startedAt;
    private long waitingSince;
    private boolean waits;
    private final ByteArrayOutputStream early = new ByteArrayOutputStream();
    private boolean inputEnded;
    private int typed;
    private long endedAt;

    /** Why a program was ended from outside. */
    enum Cause {
        /** Its user did. */
        STOPPED(""),
        /** Its user started another. */
        REPLACED("Another program was started, and this one was stopped.\n"),
        /** Nobody reads what it says. */
        LOST(""),
        IDLE("The program waited too long for input and was stopped.\n"),
        LIFETIME("The program took too long and was stopped.\n"),
        SHUTDOWN("The Python runner is being restarted, and the program was stopped. Please run it again.\n"),
        /** The sandbox is at fault. */
        FAILED("Python runner unavailable.\n");

        private final String words;

        Cause(String words) {
            this.words = words;
        }

        boolean isTimeout() {
            return this == IDLE || this == LIFETIME;
        }
    }

    /** @param onEnd told once, with how the program ended, unless it never ran */
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
        this.stdout = new Utf8Pieces(outputCharacters);
        this.stderr = new Utf8Pieces(outputCharacters);
    }

    String id() {
        return id;
    }

    long userId() {
        return userId;
    }

    Transcript transcript() {
        return transcript;
    }

    // --- What the slot does with it ---

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
    public synchronized void started(Line to) {
        line = to;
        startedAt = System.nanoTime();
        if (early.size() > 0 || inputEnded) {
            to.type(early.toByteArray(), inputEnded);
        }
        if (cause != null) {
            to.stop();
        }
    }

    @Override
    public void said(boolean error, byte[] piece) {
        transcript.say(error ? Transcript.STDERR : Transcript.STDOUT, (error ? stderr : stdout).add(piece));
    }

    @Override
    public synchronized void waits() {
        waits = true;
        waitingSince = System.nanoTime();
        transcript.waiting();
    }

    @Override
    public void ended(Outcome outcome) {
        Cause why = cause();
        // One that did not obey was ended by the look-out: for the same reason.
        boolean stopped = outcome.end() == Outcome.End.STOPPED || outcome.end() == Outcome.End.TIMEOUT;
        boolean timedOut = (why != null && stopped) ? why.isTimeout() : outcome.end() == Outcome.End.TIMEOUT;
        String reason = (why != null && stopped) ? name(why) : name(outcome.end());
        String words = (why != null && stopped) ? why.words : RunRoutes.hint(outcome.end());
        Map<String, Object> end = new LinkedHashMap<>();
        end.put("ok", outcome.isSuccess());
        end.put("exit_code", outcome.exitCode());
        end.put("timed_out", timedOut);
        end.put("duration_ms", outcome.duration().toMillis());
        end.put("reason", reason);
        end.put("files", outcome.files().stream().map(RunRoutes::file).toList());
        finish(words, end, timedOut ? timeout(outcome) : outcome);
    }

    /** A program that its limits ended counts as timed out, whichever of them it was. */
    private static Outcome timeout(Outcome outcome) {
        return new Outcome(Outcome.End.TIMEOUT, outcome.exitCode(), outcome.duration(), "", "", List.of());
    }

    @Override
    public void failed(SandboxException reason) {
        Cause known = cause();
        if (known == null) {
            LOG.error("A session failed", reason);
        }
        never(known == null ? Cause.FAILED : known);
    }

    /** Ends a session whose program gave no account of itself, or never ran. */
    void never(Cause why) {
        Map<String, Object> end = new LinkedHashMap<>();
        end.put("ok", false);
        end.put("exit_code", KILLED);
        end.put("timed_out", false);
        end.put("duration_ms", 0);
        end.put("reason", name(why));
        end.put("files", List.of());
        finish(why.words, end, null);
    }

    private void finish(String words, Map<String, ?> end, @Nullable Outcome outcome) {
        synchronized (this) {
            if (endedAt != 0) {
                return;
            }
            endedAt = System.nanoTime();
            waits = false;
            line = null;
        }
        transcript.say(Transcript.STDOUT, stdout.end());
        transcript.say(Transcript.STDERR, stderr.end());
        transcript.say(Transcript.STDERR, words);
        // Whoever reads of the end finds the place free and the program counted.
        onEnd.accept(this, outcome);
        transcript.end(end);
        over.countDown();
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    // --- What its user does ---

    /** What became of typed text. */
    enum Typed {
        TAKEN,
        TOO_MUCH,
        /** The program has ended, or its input has. */
        TOO_LATE
    }

    Typed type(String text, boolean last) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        synchronized (this) {
            if (endedAt != 0 || cause != null || inputEnded) {
                return Typed.TOO_LATE;
            }
            if (bytes.length > rules.inputBytes() - typed) {
                return Typed.TOO_MUCH;
            }
            typed += bytes.length;
            inputEnded = last;
            waits = false;
            if (line == null) {
                early.writeBytes(bytes);
            } else {
                line.type(bytes, last);
            }
            return Typed.TAKEN;
        }
    }

    /** Ends the program, for the first reason that anybody gives. */
    synchronized void stop(Cause why) {
        if (endedAt != 0 || cause != null) {
            return;
        }
        cause = why;
        if (line != null) {
            line.stop();
        }
    }

    private synchronized @Nullable Cause cause() {
        return cause;
    }

    /** Waits for the end. @return whether it came in time */
    boolean awaitEnd(Duration patience) throws InterruptedException {
        return over.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    // --- Its reader ---

    /** The newest reader is the one: a client that connects again may be faster than the news of its old connection's end. */
    EventStream read(long told) {
        EventStream stream = new EventStream(this, rules.heartbeat(), told);
        synchronized (this) {
            reader = stream;
            lastRead = System.nanoTime();
        }
        transcript.wake();
        return stream;
    }

    synchronized boolean isReader(EventStream stream) {
        return reader == stream;
    }

    /** A reader that does not come back for more takes nothing any more, whatever its connection looks like. */
    synchronized void reading(EventStream stream, boolean now) {
        if (reader == stream) {
            reading = now;
            lastRead = System.nanoTime();
        }
    }

    synchronized void left(EventStream stream) {
        if (reader == stream) {
            reader = null;
            reading = false;
            lastRead = System.nanoTime();
        }
    }

    // --- Its time ---

    /** How long it waited for its slot. */
    synchronized Duration waited() {
        return Duration.ofNanos(Math.max(0, startedAt - created));
    }

    /** What its limits say at that moment; null while all is well. */
    synchronized @Nullable Cause overdue(long now) {
        if (endedAt != 0 || cause != null) {
            return null;
        }
        if (line == null) {
            return now - created > rules.patience().toNanos() ? Cause.FAILED : null;
        }
        if (now - startedAt > rules.lifetime().toNanos()) {
            return Cause.LIFETIME;
        }
        if (waits && now - waitingSince > rules.idle().toNanos()) {
            return Cause.IDLE;
        }
        return !reading && now - lastRead > rules.grace().toNanos() ? Cause.LOST : null;
    }

    synchronized boolean hasEnded() {
        return endedAt != 0;
    }

    /** Whether its end has been there to read for long enough. */
    synchronized boolean isForgotten(long now) {
        return endedAt != 0 && now - endedAt > rules.kept().toNanos();
    }
}
