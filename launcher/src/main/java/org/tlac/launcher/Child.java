package org.tlac.launcher;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A running child process. Its standard input is a pipe whose other end we hold and never write to: when we die, even by kill -9, it ends,
 * and the child stops by itself. It has a session of its own, so that Ctrl-C reaches us alone and we stop the children in order.
 */
final class Child {

    /** Of our own environment children get these; everything else is set by name. */
    private static final List<String> INHERITED =
            List.of("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LOG_LEVEL");

    private final Process process;
    private final ChildLog log;
    private final Path pidFile;

    private Child(Process process, ChildLog log, Path pidFile) {
        this.process = process;
        this.log = log;
        this.pidFile = pidFile;
    }

    /** @throws Problem when the program cannot be started at all */
    static Child start(Home home, String name, List<String> command, Map<String, String> environment) {
        List<String> own = new ArrayList<>(List.of("setsid"));
        own.addAll(command);
        try {
            ChildLog log = ChildLog.open(home, name);
            ProcessBuilder builder = new ProcessBuilder(own);
            builder.environment().keySet().retainAll(INHERITED);
            builder.environment().putAll(environment);
            builder.directory(home.folder().toFile());
            builder.redirectErrorStream(true);
            builder.redirectOutput(Redirect.appendTo(log.file().toFile()));
            Child child = new Child(builder.start(), log, home.pid(name));
            child.writePidFile();
            return child;
        } catch (IOException e) {
            throw new Problem("Cannot start " + name, e);
        }
    }

    private void writePidFile() {
        try {
            Home.writePublic(pidFile, Long.toString(process.pid()));
        } catch (Problem e) {
            // A process that nobody knows of must not stay.
            process.destroyForcibly();
            throw e;
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Why it went wrong, as far as its log tells: the end of a sentence. */
    String reason() {
        return log.reason();
    }

    /** Waits for its end and gives its exit code. */
    int join() {
        int code = process.onExit().join().exitValue();
        closeStdin();
        return code;
    }

    /** Waits for its end so long, kills it then, and gives its exit code. */
    int join(Duration patience) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                stop(Duration.ZERO);
            }
        } catch (InterruptedException e) {
            stop(Duration.ZERO);
            Thread.currentThread().interrupt();
        }
        int code = join();
        deletePidFile();
        return code;
    }

    /** Asks it to stop, waits, and kills it and what it started when it does not. */
    void stop(Duration patience) {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroy();
        closeStdin();
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        descendants.forEach(ProcessHandle::destroyForcibly);
        deletePidFile();
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
