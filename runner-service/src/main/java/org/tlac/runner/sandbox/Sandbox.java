package org.tlac.runner.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.platform.http.Json;

/**
 * Runs programs, each in a sandbox of its own that ends with it: fresh user, process, mount, network, IPC and host name namespaces, a
 * read-only root with nothing but Python, a small folder in memory, no capability, resource limits and two system call filters.
 *
 * <p>The program talks to the supervisor inside and never to us; what comes back is checked as if the program had written it.
 */
public final class Sandbox implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Sandbox.class);

    /** How long after the program's own limit the sandbox may take to say so; then it is ended from outside. */
    private static final Duration RESERVE = Duration.ofSeconds(2);

    private static final int MAX_COMPLAINT = 2000;
    private static final Pattern FILE_PATH = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]*");

    private final PythonRoot python;
    private final Bubblewrap bubblewrap;
    private final Limits limits;
    private final Set<Process> running = ConcurrentHashMap.newKeySet();

    /** bubblewrap ends when the thread that started it does: one that stays. */
    private final ExecutorService starter = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("sandbox-starter").daemon().factory());

    private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();

    private Sandbox(PythonRoot python, Bubblewrap bubblewrap, Limits limits) {
        this.python = python;
        this.bubblewrap = bubblewrap;
        this.limits = limits;
    }

    /** @throws SandboxException when this machine lacks a part; whether the parts hold is for {@link Canaries} to say */
    public static Sandbox create(Path python, Limits limits) {
        PythonRoot root = PythonRoot.of(python);
        return new Sandbox(root, Bubblewrap.around(root), limits);
    }

    public String pythonVersion() {
        return python.version();
    }

    /** @throws SandboxException when the sandbox failed; the program may or may not have run, and runs no more */
    public Outcome run(Program program) {
        Process process = start();
        running.add(process);
        try {
            return exchange(process, program);
        } finally {
            process.destroyForcibly();
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            running.remove(process);
        }
    }

    @Override
    public void close() {
        running.forEach(Process::destroyForcibly);
        starter.shutdownNow();
        readers.shutdownNow();
        bubblewrap.close();
    }

    private Process start() {
        try {
            return starter.submit(() -> {
                        ProcessBuilder builder = new ProcessBuilder(bubblewrap.command());
                        builder.environment().keySet().retainAll(Set.of("PATH"));
                        builder.directory(Path.of("/").toFile());
                        return builder.start();
                    })
                    .get();
        } catch (ExecutionException e) {
            throw new SandboxException("cannot start bubblewrap", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("interrupted", e);
        }
    }

    private Outcome exchange(Process process, Program program) {
        Future<String> complaint = readers.submit(() -> complaint(process));
        Future<JsonNode> answer = readers.submit(() -> {
            DataOutputStream job = new DataOutputStream(process.getOutputStream());
            byte[] bytes = job(program);
            job.writeInt(bytes.length);
            job.write(bytes);
            // Left open: its end tells the supervisor that we are gone.
            job.flush();
            return answer(process);
        });
        try {
            return outcome(answer.get(limits.wall().plus(RESERVE).toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            LOG.warn("A sandbox did not answer in time and was ended from outside");
            return new Outcome(Outcome.End.TIMEOUT, 137, limits.wall().plus(RESERVE), "", "", List.of());
        } catch (ExecutionException e) {
            process.destroyForcibly();
            throw new SandboxException("the sandbox gave no answer: " + said(complaint), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("interrupted", e);
        } finally {
            answer.cancel(true);
            complaint.cancel(true);
        }
    }

    /** What bubblewrap or the supervisor complained of, for the log; the program writes elsewhere. */
    private static String complaint(Process process) throws IOException {
        try (InputStream stderr = process.getErrorStream()) {
            return new String(stderr.readNBytes(MAX_COMPLAINT), StandardCharsets.UTF_8).strip();
        }
    }

    private static String said(Future<String> complaint) throws SandboxException {
        try {
            return complaint.get(1, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return "nothing said";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private byte[] job(Program program) {
        Map<String, Object> bounds = new LinkedHashMap<>();
        bounds.put("wall_seconds", limits.wall().toMillis() / 1000.0);
        bounds.put("cpu_seconds", limits.wall().toSeconds() + 1);
        bounds.put("memory_bytes", limits.memoryBytes());
        bounds.put("processes", limits.processes());
        bounds.put("file_bytes", limits.fileBytes());
        bounds.put("descriptors", limits.descriptors());
        bounds.put("scratch_bytes", limits.scratchBytes());
        bounds.put("scratch_inodes", limits.scratchInodes());
        bounds.put("flood_bytes", limits.floodBytes());
        bounds.put("output_files", limits.files());
        bounds.put("output_file_bytes", limits.outputFileBytes());
        return Json.write(Map.of(
                "code", program.code(),
                "files", program.files(),
                "stdin", program.stdin(),
                "filter", bubblewrap.programFilter(),
                "limits", bounds));
    }

    private JsonNode answer(Process process) throws IOException {
        DataInputStream in = new DataInputStream(process.getInputStream());
        int length = in.readInt();
        // Base64 takes four characters for three bytes; the rest is names and numbers.
        long most = 4L * (2L * (limits.floodBytes() + 65536L) + (long) limits.files() * limits.outputFileBytes()) / 3
                + 65536;
        if (length < 0 || length > most) {
            throw new IOException("an answer of " + length + " bytes");
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("half an answer");
        }
        return Json.tree(new String(bytes, StandardCharsets.UTF_8));
    }

    private Outcome outcome(JsonNode answer) {
        Outcome.End end = switch (answer.required("reason").asText()) {
            case "exited" -> Outcome.End.EXITED;
            case "timeout" -> Outcome.End.TIMEOUT;
            case "flood" -> Outcome.End.FLOOD;
            default -> throw new SandboxException("an answer of another form");
        };
        int exitCode = answer.required("exit_code").asInt(137);
        // The processor's limit ends a program with SIGXCPU or SIGKILL at the same time as the clock would.
        if (end == Outcome.End.EXITED && exitCode == 128 + 24) {
            end = Outcome.End.TIMEOUT;
        }
        return new Outcome(
                end,
                exitCode,
                Duration.ofMillis(answer.required("duration_ms").asLong()),
                text(answer.required("stdout")),
                text(answer.required("stderr")),
                files(answer.required("files")));
    }

    /** Invalid UTF-8 becomes the replacement character; what is too long is cut, and says so. */
    private String text(JsonNode base64) {
        String text = new String(Base64.getDecoder().decode(base64.asText()), StandardCharsets.UTF_8);
        if (text.codePointCount(0, text.length()) <= limits.outputCharacters()) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, limits.outputCharacters())) + "\n...[truncated]";
    }

    private List<Outcome.ProducedFile> files(JsonNode answered) {
        List<Outcome.ProducedFile> files = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (JsonNode file : answered) {
            String path = file.required("path").asText();
            byte[] content = Base64.getDecoder().decode(file.required("content").asText());
            boolean acceptable = isFilePath(path)
                    && content.length <= limits.outputFileBytes()
                    && files.size() < limits.files()
                    && seen.add(path);
            if (acceptable) {
                files.add(new Outcome.ProducedFile(path, content));
            }
        }
        return files;
    }

    /** Whether a path is one of the contract's: relative, plain characters, never upwards. */
    public static boolean isFilePath(String path) {
        return path.length() <= 200
                && FILE_PATH.matcher(path).matches()
                && !path.contains("..")
                && !path.contains("//")
                && !path.endsWith("/");
    }
}
