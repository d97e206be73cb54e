package org.tlac.launcher.logs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What one run of a child prints: goes to the part's log, and its end is kept, to say in a line why the child failed. */
public final class ChildProcessLog {

    private static final int BUFFER_BYTES = 16 << 10;
    private static final int TAIL_BYTES = 32 << 10;
    private static final int MAX_REASON = 300;

    /** How services (JSON), PostgreSQL, the JVM itself and Prometheus's programs (logfmt) say what was wrong. */
    private static final List<Pattern> COMPLAINTS = List.of(
            Pattern.compile("\"level\":\"ERROR\".*?\"message\":\"((?:[^\"\\\\]|\\\\.)*)\""),
            Pattern.compile("(?:FATAL|PANIC|initdb: error): +(.*)"),
            Pattern.compile("^(Error: .*|Terminating due to java.lang.OutOfMemoryError.*)"),
            Pattern.compile("level=(?:error|ERROR) .*?err=\"((?:[^\"\\\\]|\\\\.)*)\""));

    private final RotatingLog log;
    private final InputStream output;
    private final Thread reader;
    private final byte[] tail = new byte[TAIL_BYTES];
    private int tailLength;

    private ChildProcessLog(RotatingLog log, String name, InputStream output) {
        this.log = log;
        this.output = output;
        // Not a virtual thread: it would hold a carrier for as long as the child is silent.
        this.reader = Thread.ofPlatform().daemon().name("log " + name).unstarted(this::read);
    }

    /** Reads what a child prints, until nobody can print there any more. */
    public static ChildProcessLog of(RotatingLog log, String name, InputStream output) {
        ChildProcessLog started = new ChildProcessLog(log, name, output);
        started.reader.start();
        return started;
    }

    private void read() {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (output) {
            for (int length = output.read(buffer); length >= 0; length = output.read(buffer)) {
                log.write(buffer, length);
                keep(buffer, length);
            }
        } catch (IOException e) {
            // The pipe was closed with the process.
        }
    }

    private synchronized void keep(byte[] bytes, int length) {
        int taken = Math.min(length, TAIL_BYTES);
        int kept = Math.min(tailLength, TAIL_BYTES - taken);
        System.arraycopy(tail, tailLength - kept, tail, 0, kept);
        System.arraycopy(bytes, length - taken, tail, kept, taken);
        tailLength = kept + taken;
    }

    /** Waits until all that the child printed before its end is written, within reason: what it started may still print. */
    public void awaitEnd(Duration patience) {
        try {
            reader.join(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Why this run went wrong, as far as its log tells, and where that log is: the end of a sentence. */
    public String reason() {
        String said = tail();
        if (said.contains("No space left on device")) {
            return "the disk is full (%s). Make room, then start it again."
                    .formatted(log.file().getParent());
        }
        return said.lines()
                .flatMap(line -> COMPLAINTS.stream()
                        .map(complaint -> complaint.matcher(line))
                        .filter(Matcher::find)
                        .map(found -> found.group(1))
                        .limit(1))
                .reduce((earlier, later) -> later)
                .map(complaint -> "%s (%s)".formatted(shortened(complaint), log.file()))
                .orElse("see " + log.file() + ".");
    }

    private static String shortened(String text) {
        return text.length() <= MAX_REASON ? text : text.substring(0, MAX_REASON) + "...";
    }

    private synchronized String tail() {
        return new String(tail, 0, tailLength, StandardCharsets.UTF_8);
    }
}
