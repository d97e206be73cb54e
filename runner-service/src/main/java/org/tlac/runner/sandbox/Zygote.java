package org.tlac.runner.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tlac.platform.http.Json;
import org.tlac.runner.sandbox.Frames.Frame;
import org.tlac.runner.sandbox.Watchdog.Allowance;
import org.tlac.runner.sandbox.Watchdog.Watched;

/**
 * One sandbox at work: a supervisor, in a bubblewrap at full isolation, which runs one program at a time. Used by one thread, which must
 * live on: the sandbox ends with the thread that started it.
 *
 * <p>The program never talks to us; all the same, what comes back is checked as if it had written it.
 */
final class Zygote implements AutoCloseable {

    /** How long after the program's own limit the supervisor may take to say so; with it, an answer comes within limit + 1 s. */
    private static final Duration RESERVE = Duration.ofMillis(800);

    /** To start, and to make the next program's process ready. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int KILLED = 128 + 9;

    private final SandboxSpec blueprint;
    private final Limits limits;
    private final Watchdog watch;
    private final Process process;
    private final Frames frames;
    private final StderrCollector complaint;
    private volatile boolean ended;
    private Allowance allowance = Allowance.UNLIMITED;

    private Zygote(Process process, SandboxSpec blueprint, Watchdog watch) {
        this.process = process;
        this.blueprint = blueprint;
        this.limits = blueprint.limits();
        this.watch = watch;
        this.frames = new Frames(process.getInputStream(), process.getOutputStream(), limits.maxResult());
        this.complaint = new StderrCollector(process.getErrorStream());
    }

    /** Starts one and waits until it is ready. @throws SandboxException that says what it complained of */
    static Zygote start(SandboxSpec blueprint, Watchdog watch) {
        Process process;
        try {
            ProcessBuilder builder = new ProcessBuilder(blueprint.command());
            builder.environment().keySet().retainAll(Set.of("PATH"));
            process = builder.directory(Path.of("/").toFile()).start();
        } catch (IOException e) {
            throw new SandboxException("The sandbox does not start: " + e.getMessage(), e);
        }
        Zygote zygote = new Zygote(process, blueprint, watch);
        try {
            process.getOutputStream().write(blueprint.setup());
            zygote.awaitReady();
            zygote.allowance = zygote.measured();
            return zygote;
        } catch (IOException e) {
            throw zygote.failure("The sandbox takes no orders", e);
        } catch (SandboxException e) {
            zygote.close();
            throw e;
        }
    }

    private Allowance measured() {
        Map<Long, Long> memory = Processes.memory(process.pid());
        if (memory.size() < blueprint.family()) {
            throw new SandboxException("The memory of the sandbox's processes cannot be watched: /proc shows only "
                    + memory.size() + " of " + blueprint.family());
        }
        long most = memory.values().stream().mapToLong(Long::longValue).max().orElse(0);
        return new Allowance(limits.addressSpaceBytes(), most, () -> true);
    }

    /** What the next program may take, beside what is there now. */
    private Allowance allowance() {
        Scratch scratch = blueprint.scratch();
        return scratch == null
                ? allowance
                : new Allowance(allowance.bytes(), allowance.each(), scratch.allowance(process.pid()));
    }

    Isolation isolation() {
        return blueprint.isolation();
    }

    boolean isAlive() {
        return process.isAlive() && !ended;
    }

    /** Waits until the next program can run. @throws SandboxException when none ever will */
    void awaitReady() {
        try (Watched watched = watch.over(process, PATIENCE, allowance)) {
            try {
                Frame frame = frames.read();
                if (frame.kind() != 'R') {
                    throw new IOException("a frame of kind " + frame.kind());
                }
            } catch (IOException e) {
                throw failure(
                        watched.reason() == null ? "The sandbox does not get ready" : "The sandbox is too slow", e);
            }
        }
    }

    /** Runs one program. Afterwards either {@link #awaitReady} or the end. @throws SandboxException when the sandbox failed */
    Outcome run(PythonProgram program) {
        return Scratch.inTurn(blueprint.scratch(), () -> runNow(program));
    }

    private Outcome runNow(PythonProgram program) {
        Output stdout = new Output(limits.outputCharacters());
        Output stderr = new Output(limits.outputCharacters());
        long start = System.nanoTime();
        try (Watched watched = watch.over(process, limits.wall().plus(RESERVE), allowance())) {
            try {
                frames.write(Frames.JOB, job(program));
                return outcome(result(stdout, stderr), stdout, stderr);
            } catch (IOException | IllegalArgumentException | IllegalStateException e) {
                Watchdog.Reason reason = watched.reason();
                if (reason == null) {
                    throw failure("The sandbox failed", e);
                }
                ended = true;
                Duration taken = Duration.ofNanos(System.nanoTime() - start);
                return new Outcome(reason.end(), KILLED, taken, stdout.text(), stderr.text(), List.of());
            }
        }
    }

    /** Runs one program that is talked to; as {@link #run} otherwise. Its output goes to the conversation, not into the outcome. */
    Outcome converse(PythonProgram program, Conversation conversation) {
        return Scratch.inTurn(blueprint.scratch(), () -> converseNow(program, conversation));
    }

    private Outcome converseNow(PythonProgram program, Conversation conversation) {
        long start = System.nanoTime();
        Duration patience = conversation.lifetime().plus(RESERVE);
        try (Watched watched = watch.over(process, patience, allowance());
                OpenLine line = new OpenLine(frames, watched)) {
            try {
                frames.write(Frames.JOB, job(program, conversation.turn()));
                conversation.started(line);
                return outcome(talk(conversation, watched), new Output(0), new Output(0));
            } catch (IOException | IllegalArgumentException | IllegalStateException e) {
                Watchdog.Reason reason = watched.reason();
                if (reason == null) {
                    throw failure("The sandbox failed", e);
                }
                ended = true;
                return new Outcome(
                        reason.end(), KILLED, Duration.ofNanos(System.nanoTime() - start), "", "", List.of());
            }
        }
    }

    private JsonNode talk(Conversation conversation, Watched watched) throws IOException {
        while (true) {
            Frame frame = frames.read();
            watched.relax(frame.kind() == 'W');
            switch (frame.kind()) {
                case 'O' -> conversation.said(false, frame.content());
                case 'E' -> conversation.said(true, frame.content());
                case 'W' -> conversation.waits();
                case 'D' -> {
                    return Json.tree(new String(frame.content(), StandardCharsets.UTF_8));
                }
                default -> throw new IOException("the sandbox spoke out of turn");
            }
        }
    }

    /** The way to a program, as long as it runs: what is said later must not reach the next one. */
    private static final class OpenLine implements Conversation.Line, AutoCloseable {

        private final Frames frames;
        private final Watched watched;
        private boolean closed;

        OpenLine(Frames frames, Watched watched) {
            this.frames = frames;
            this.watched = watched;
        }

        @Override
        public synchronized void type(byte[] text, boolean last) {
            watched.relax(false);
            write(last ? Frames.TYPED_LAST : Frames.TYPED, text);
        }

        @Override
        public synchronized void stop() {
            watched.due(RESERVE);
            watched.relax(false);
            write(Frames.STOP, new byte[0]);
        }

        private void write(char kind, byte[] content) {
            if (closed) {
                return;
            }
            try {
                frames.write(kind, content);
            } catch (IOException e) {
                // The sandbox is gone; whoever reads from it finds out and says so.
                closed = true;
            }
        }

        @Override
        public synchronized void close() {
            closed = true;
        }
    }

    private static byte[] job(PythonProgram program, Duration turn) {
        return Json.write(Map.of(
                "code",
                program.code(),
                "files",
                program.files(),
                "stdin",
                "",
                "turn_seconds",
                turn.toMillis() / 1000.0));
    }

    private static byte[] job(PythonProgram program) {
        return Json.write(Map.of("code", program.code(), "files", program.files(), "stdin", program.stdin()));
    }

    private JsonNode result(Output stdout, Output stderr) throws IOException {
        while (true) {
            Frame frame = frames.read();
            switch (frame.kind()) {
                case 'O' -> stdout.add(frame.content());
                case 'E' -> stderr.add(frame.content());
                case 'D' -> {
                    return Json.tree(new String(frame.content(), StandardCharsets.UTF_8));
                }
                default -> throw new IOException("the sandbox spoke out of turn");
            }
        }
    }

    private Outcome outcome(JsonNode result, Output stdout, Output stderr) {
        Outcome.End end = switch (result.required("reason").asText()) {
            case "ended" -> Outcome.End.EXITED;
            case "timeout" -> Outcome.End.TIMEOUT;
            case "stopped" -> Outcome.End.STOPPED;
            case "flood" -> Outcome.End.FLOOD;
            default -> throw new IllegalArgumentException("an end of another kind");
        };
        return new Outcome(
                end,
                result.required("exit_code").asInt(KILLED),
                Duration.ofMillis(Math.max(0, result.required("duration_ms").asLong())),
                stdout.text(),
                stderr.text(),
                files(result.required("files")));
    }

    private List<Outcome.ProducedFile> files(JsonNode answered) {
        List<Outcome.ProducedFile> files = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (JsonNode file : answered) {
            String path = file.required("path").asText();
            byte[] content = Base64.getDecoder().decode(file.required("content").asText());
            boolean acceptable = PythonProgram.isFilePath(path)
                    && content.length <= limits.outputFileBytes()
                    && files.size() < limits.files()
                    && seen.add(path);
            if (acceptable) {
                files.add(new Outcome.ProducedFile(path, content));
            }
        }
        return files;
    }

    private SandboxException failure(String what, Exception cause) {
        // Closing cuts off what it is about to say.
        String said = complaint.text();
        close();
        return new SandboxException(what + ": " + said, cause);
    }

    /** Ends the sandbox and all in it: its processes die with its first. */
    @Override
    public void close() {
        ended = true;
        process.destroyForcibly();
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // What was not written yet is for nobody any more.
        }
    }
}
