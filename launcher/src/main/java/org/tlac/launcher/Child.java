package org.tlac.launcher;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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

    private static final long MAX_LOG_BYTES = 10L << 20;
    private static final int KEPT_LOGS = 3;
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

    /** Of our own environment children get these; everything else is set by name. */
    private static final List<String> INHERITED =
            List.of("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LOG_LEVEL");

    private final String name;
    private final Process process;

    private Child(String name, Process process) {
        this.name = name;
        this.process = process;
    }

    /** @throws Problem when the program cannot be started at all */
    static Child start(Home home, String name, List<String> command, Map<String, String> environment) {
        List<String> own = new ArrayList<>(List.of("setsid"));
        own.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(own);
        builder.environment().keySet().retainAll(INHERITED);
        builder.environment().putAll(environment);
        builder.directory(home.folder().toFile());
        builder.redirectErrorStream(true);
        builder.redirectOutput(Redirect.appendTo(log(home, name).toFile()));
        try {
            Child child = new Child(name, builder.start());
            Files.writeString(home.run().resolve(name + ".pid"), Long.toString(child.pid()));
            return child;
        } catch (IOException e) {
            throw new Problem("Cannot start " + name, e);
        }
    }

    /** The log to append to; a large one of earlier runs is moved aside, and the oldest is dropped. */
    private static Path log(Home home, String name) {
        Path log = home.logs().resolve(name + ".log");
        try {
            if (Files.exists(log) && Files.size(log) > MAX_LOG_BYTES) {
                for (int i = KEPT_LOGS - 1; i >= 1; i--) {
                    Path older = home.logs().resolve(name + ".log." + i);
                    if (Files.exists(older)) {
                        Files.move(
                                older,
                                home.logs().resolve(name + ".log." + (i + 1)),
                                StandardCopyOption.REPLACE_EXISTING);
                    }
                }
                Files.move(log, home.logs().resolve(name + ".log.1"), StandardCopyOption.REPLACE_EXISTING);
            }
            return log;
        } catch (IOException e) {
            throw new Problem("Cannot rotate " + log, e);
        }
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for its end and gives its exit code. */
    int join() throws InterruptedException {
        int code = process.waitFor();
        closeStdin();
        return code;
    }

    /** Asks it to stop, waits, and kills it and what it started when it does not. */
    void stop() {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroy();
        closeStdin();
        try {
            if (!process.waitFor(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        descendants.forEach(ProcessHandle::destroyForcibly);
    }

    private void closeStdin() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // The pipe is gone with the child.
        }
    }
}
