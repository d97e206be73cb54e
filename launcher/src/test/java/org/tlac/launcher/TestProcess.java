package org.tlac.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/** A Java program of ours as a process: what it prints, what it started, and its end. */
public final class TestProcess implements AutoCloseable {

    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Set<ProcessHandle> seen = new HashSet<>();
    private final CountDownLatch read = new CountDownLatch(1);

    private TestProcess(Process process) {
        this.process = process;
    }

    public static TestProcess java(
            Class<?> main, Map<String, String> environment, List<String> flags, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m"));
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return start(command, environment);
    }

    public static TestProcess start(List<String> command, Map<String, String> environment) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(environment);
            TestProcess started = new TestProcess(builder.start());
            // Not virtual threads: each would hold a carrier while it waits for the pipe, and leave none to the
            // webhook.
            Thread.ofPlatform().daemon().start(started::read);
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (BufferedReader reader = process.inputReader()) {
            reader.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException e) {
            // The process was killed.
        } finally {
            read.countDown();
        }
    }

    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** Waits for a line that begins so. Fails when the process ends before, or after a minute and a half. */
    public void awaitLine(String prefix) {
        await(() -> lines.stream().anyMatch(line -> line.startsWith(prefix)) || !process.isAlive());
        if (lines.stream().noneMatch(line -> line.startsWith(prefix))) {
            throw new AssertionError("ended without '" + prefix + "': " + lines);
        }
    }

    /** Looks often. */
    public static void await(BooleanSupplier condition) {
        await(Duration.ofMillis(20), condition);
    }

    /** Looks seldom enough for a condition that calls the gateway as a user: it refuses more than 120 calls a minute. */
    public static void awaitAnswer(BooleanSupplier condition) {
        await(Duration.ofSeconds(1), condition);
    }

    private static void await(Duration pause, BooleanSupplier condition) {
        Awaitility.await()
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(pause)
                .atMost(Duration.ofSeconds(90))
                .until(condition::getAsBoolean);
    }

    /** Everything that it started, and what that started. */
    public Set<ProcessHandle> descendants() {
        process.descendants().forEach(seen::add);
        return Set.copyOf(seen);
    }

    public void terminate() {
        descendants();
        // Not Process.destroy: that would also close the pipe that its last words come through.
        process.toHandle().destroy();
    }

    /** As {@code kill -9}: it gets no chance to stop anything. */
    public void kill() {
        descendants();
        process.destroyForcibly();
    }

    public int awaitExit() throws InterruptedException {
        if (!process.waitFor(90, TimeUnit.SECONDS)) {
            throw new AssertionError("does not end: " + lines);
        }
        // What it printed last is still on its way.
        if (!read.await(90, TimeUnit.SECONDS)) {
            throw new AssertionError("its output does not end: " + lines);
        }
        return process.exitValue();
    }

    public void awaitNothingLeft() {
        await(() -> seen.stream().noneMatch(TestProcess::runs));
    }

    static boolean runs(ProcessHandle handle) {
        try {
            // A zombie that nobody has waited for yet is no longer running.
            return handle.isAlive()
                    && !Files.readString(Path.of("/proc", Long.toString(handle.pid()), "stat"))
                            .contains(") Z ");
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
