package org.tlac.launcher;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The log of one run of a child: appended to the file of earlier runs, read back when the child fails to say why in a line. */
final class ChildLog {

    private static final long MAX_BYTES = 10L << 20;
    private static final int KEPT = 3;
    private static final int TAIL_BYTES = 64 << 10;
    private static final int MAX_REASON = 300;

    /** How services (JSON), PostgreSQL, the JVM itself and Prometheus's programs (logfmt) say what was wrong. */
    private static final List<Pattern> COMPLAINTS = List.of(
            Pattern.compile("\"level\":\"ERROR\".*?\"formattedMessage\":\"((?:[^\"\\\\]|\\\\.)*)\""),
            Pattern.compile("(?:FATAL|PANIC|initdb: error): +(.*)"),
            Pattern.compile("^(Error: .*|Terminating due to java.lang.OutOfMemoryError.*)"),
            Pattern.compile("level=(?:error|ERROR) .*?err=\"((?:[^\"\\\\]|\\\\.)*)\""));

    private final Path file;
    private final long start;

    private ChildLog(Path file, long start) {
        this.file = file;
        this.start = start;
    }

    /** A log to append to; a large one of earlier runs is moved aside first, and the oldest dropped. */
    static ChildLog open(Home home, String name) throws IOException {
        Path file = home.logs().resolve(name + ".log");
        if (Files.exists(file) && Files.size(file) > MAX_BYTES) {
            for (int i = KEPT - 1; i > 0; i--) {
                move(numbered(file, i), numbered(file, i + 1));
            }
            move(file, numbered(file, 1));
        }
        return new ChildLog(file, Files.exists(file) ? Files.size(file) : 0);
    }

    private static Path numbered(Path file, int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    private static void move(Path from, Path to) throws IOException {
        if (Files.exists(from)) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    Path file() {
        return file;
    }

    /** Why this run went wrong, as far as its log tells, and where that log is: the end of a sentence. */
    String reason() {
        String said = tail();
        if (said.contains("No space left on device")) {
            return "the disk is full (%s). Make room, then start it again.".formatted(file.getParent());
        }
        return said.lines()
                .flatMap(line -> COMPLAINTS.stream()
                        .map(complaint -> complaint.matcher(line))
                        .filter(Matcher::find)
                        .map(found -> found.group(1))
                        .limit(1))
                .reduce((earlier, later) -> later)
                .map(complaint -> "%s (%s)".formatted(shortened(complaint), file))
                .orElse("see " + file + ".");
    }

    private static String shortened(String text) {
        return text.length() <= MAX_REASON ? text : text.substring(0, MAX_REASON) + "...";
    }

    private String tail() {
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
            long from = Math.max(start, log.length() - TAIL_BYTES);
            byte[] bytes = new byte[(int) Math.max(0, log.length() - from)];
            log.seek(from);
            log.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
