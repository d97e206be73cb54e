package org.tlac.backup.dump;

import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes of this service. Each has a deadline, a bounded record of what it says and nothing of our environment but the path;
 * {@link #close} ends those that run, with their children, and starts no more.
 */
public final class Programs implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Programs.class);
    private static final Duration TERM_GRACE = Duration.ofSeconds(2);
    private static final Duration DRAIN_GRACE = Duration.ofSeconds(2);

    private final String path;
    private final Set<Process> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** @param path where programs are looked for, as the variable PATH has it */
    public Programs(String path) {
        this.path = path;
    }

    /** @param output standard output and error, the middle dropped when it is long */
    public record Result(int exitCode, String output) {

        public boolean succeeded() {
            return exitCode == 0;
        }

        /** The last lines, for an admin to read. */
        public String lastWords() {
            List<String> lines = output.lines()
                    .filter(line -> !line.isBlank())
                    .map(String::strip)
                    .toList();
            String words = String.join(" | ", lines.subList(Math.max(0, lines.size() - 4), lines.size()));
            String said = words.isEmpty() ? "it said nothing" : words;
            return said.length() <= 600 ? said : said.substring(0, 600) + "…";
        }
    }

    /**
     * Runs a program to its end.
     *
     * @throws BackupFailure when it cannot be started, does not end in time, or this service is stopping
     */
    public Result run(List<String> command, Map<String, String> environment, Duration deadline) {
        checkpoint();
        Process process = start(command, environment);
        running.add(process);
        try {
            if (closed) {
                kill(process);
            }
            BoundedText output = new BoundedText();
            // Not a virtual thread: reading a pipe holds its carrier, here for as long as the program runs.
            Thread drain = Thread.ofPlatform().daemon().name("drain").start(() -> drain(process, output));
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new BackupFailure(command.getFirst() + " did not finish within " + seconds(deadline) + ".");
            }
            drain.join(DRAIN_GRACE);
            checkpoint();
            return new Result(process.exitValue(), output.text());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupFailure("Interrupted while " + command.getFirst() + " was running.", e);
        } finally {
            kill(process);
            running.remove(process);
        }
    }

    /** For work that runs no program: ends it when the service is stopping. @throws BackupFailure then */
    public void checkpoint() {
        if (closed) {
            throw new BackupFailure("The service was stopped.");
        }
    }

    @Override
    public void close() {
        closed = true;
        running.forEach(Programs::kill);
    }

    private Process start(List<String> command, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().put("PATH", path);
        // Messages are read by rules of ours too (RestoreErrors): always in the same language.
        builder.environment().put("LC_ALL", "C");
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true);
        builder.redirectInput(new File("/dev/null"));
        try {
            return builder.start();
        } catch (IOException e) {
            throw new BackupFailure("The program " + command.getFirst() + " cannot be started.", e);
        }
    }

    private static void drain(Process process, BoundedText output) {
        try {
            output.drain(process.getInputStream());
        } catch (IOException e) {
            LOG.debug("The output of a program ended early", e);
        }
    }

    private static void kill(Process process) {
        List<ProcessHandle> family = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .filter(ProcessHandle::isAlive)
                .toList();
        if (family.isEmpty()) {
            return;
        }
        family.forEach(ProcessHandle::destroy);
        long end = System.nanoTime() + TERM_GRACE.toNanos();
        for (ProcessHandle member : family) {
            try {
                member.onExit().get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (Exception e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                member.destroyForcibly();
            }
        }
    }

    private static String seconds(Duration duration) {
        return duration.toSeconds() + " s";
    }
}
