package org.tlac.launcher.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.UserError;
import org.tlac.launcher.logs.ChildProcessLog;
import org.tlac.launcher.logs.Logs;
import org.tlac.launcher.logs.RotatingLog;

/**
 * A running child process. Its standard input is a pipe whose other end we hold and never write to: when we die, even by kill -9, it ends,
 * and the child stops by itself. It has a session of its own, so that Ctrl-C reaches us alone and we stop the children in order. What it
 * prints we write to its log.
 */
public final class ChildProcess {

    /** Of our own environment children get these; everything else is set by name. */
    private static final List<String> INHERITED =
            List.of("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LOG_LEVEL");

    /** For what a child said last to arrive here. */
    private static final Duration OUTPUT_PATIENCE = Duration.ofSeconds(1);

    /** Enough for what starts others while it is being killed. */
    private static final int SESSION_ROUNDS = 20;

    private final Process process;
    private final ChildProcessLog log;
    private final Path pidFile;

    private ChildProcess(Process process, ChildProcessLog log, Path pidFile) {
        this.process = process;
        this.log = log;
        this.pidFile = pidFile;
    }

    /** @throws UserError when the program cannot be started at all */
    public static ChildProcess start(
            Home home, Logs logs, String name, List<String> command, Map<String, String> environment) {
        List<String> own = new ArrayList<>(List.of("setsid"));
        own.addAll(command);
        try {
            RotatingLog log = logs.of(name);
            log.open();
            ProcessBuilder builder = new ProcessBuilder(own);
            builder.environment().keySet().retainAll(INHERITED);
            builder.environment().putAll(environment);
            builder.environment().put(OwnProcesses.MARK, OwnProcesses.mark(home, name));
            builder.directory(home.folder().toFile());
            builder.redirectErrorStream(true);
            Process process = builder.start();
            ChildProcess child =
                    new ChildProcess(process, ChildProcessLog.of(log, name, process.getInputStream()), home.pid(name));
            child.writePidFile();
            return child;
        } catch (IOException e) {
            throw new UserError("Cannot start " + name, e);
        }
    }

    private void writePidFile() {
        try {
            Home.writePublic(pidFile, Long.toString(process.pid()));
        } catch (UserError e) {
            // A process that nobody knows of must not stay.
            kill();
            throw e;
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What the process itself has used so far; nothing when the system does not tell. */
    Duration processorTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Why it went wrong, as far as its log tells: the end of a sentence. */
    public String reason() {
        return log.reason();
    }

    /** Waits so long for its end, and tells whether that came. */
    boolean hasEndedWithin(Duration patience) {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }

    /** Gives its exit code once it has ended, and lets go of what we hold of it. */
    public int join() {
        int code = process.onExit().join().exitValue();
        closeStdin();
        log.awaitEnd(OUTPUT_PATIENCE);
        return code;
    }

    /** Waits for its end so long, kills it then, and gives its exit code. */
    public int join(Duration patience) {
        if (!hasEndedWithin(patience)) {
            stop(Duration.ZERO);
        }
        int code = join();
        deletePidFile();
        return code;
    }

    /** Asks it to stop, waits, and kills it and what it started when it does not. */
    public void stop(Duration patience) {
        List<ProcessHandle> descendants = process.descendants().toList();
        // Not Process.destroy, which would also close the pipe that its last words come through.
        process.toHandle().destroy();
        closeStdin();
        if (!hasEndedWithin(patience)) {
            kill();
        }
        descendants.forEach(ProcessHandle::destroyForcibly);
        log.awaitEnd(OUTPUT_PATIENCE);
        deletePidFile();
    }

    /** Kills it and what it started, and returns when it is gone. */
    public void kill() {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.toHandle().destroyForcibly();
        closeStdin();
        descendants.forEach(ProcessHandle::destroyForcibly);
        killSession();
        process.onExit().join();
    }

    /** Whatever it started since we looked: that has lost its parent by now, and is in its session still. */
    private void killSession() {
        for (int i = 0; i < SESSION_ROUNDS; i++) {
            List<ProcessHandle> left = OwnProcesses.session(process.pid());
            if (left.isEmpty()) {
                return;
            }
            left.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private void deletePidFile() {
        try {
            Files.deleteIfExists(pidFile);
        } catch (IOException e) {
            // Whoever reads it asks whether that process is ours.
        }
    }

    private void closeStdin() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // The pipe is gone with the child.
        }
    }
}
