package org.tlac.launcher.logs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A log file that is followed by another before it gets too large: {@code x.log}, then {@code x.log.1}, which is the newest of the old
 * ones. No line is lost at that or torn apart. When the disk takes no more, what comes is dropped and counted, since whoever waits for its
 * log to be written answers nobody.
 */
public final class RotatingLog {

    /** The school's administrators read them, nobody else: names and addresses are in them. */
    private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rw-r-----");

    private static final FileAttribute<?> CREATED_WITH = PosixFilePermissions.asFileAttribute(MODE);
    private static final Set<OpenOption> APPEND =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);

    /** A line that is longer than that, or than a whole file, is torn apart after all. */
    private static final int LONGEST_LINE = 64 << 10;

    private final Path file;
    private final Logs.Limits limits;
    private @Nullable FileChannel out;
    private long size;
    private boolean lineEnded = true;
    private long dropped;

    RotatingLog(Path file, Logs.Limits limits) {
        this.file = file;
        this.limits = limits;
    }

    Path file() {
        return file;
    }

    /** Makes the file where it is missing, so that it can be followed, and drops old ones beyond the limit. */
    public synchronized void open() throws IOException {
        if (out == null) {
            dropOldest();
            reopen();
        } else if (!Files.exists(file)) {
            // Somebody removed it, and with it what is written from now on.
            out.close();
            reopen();
        }
    }

    private void dropOldest() throws IOException {
        for (int i = limits.files(); Files.deleteIfExists(numbered(i)); ) {
            i++;
        }
        for (int i = 1; i < limits.files(); i++) {
            if (Files.exists(numbered(i))) {
                Files.setPosixFilePermissions(numbered(i), MODE);
            }
        }
    }

    private FileChannel reopen() throws IOException {
        FileChannel opened = FileChannel.open(file, APPEND, CREATED_WITH);
        // One of an earlier version may be readable by everybody, and the umask may have taken something away.
        Files.setPosixFilePermissions(file, MODE);
        out = opened;
        size = opened.size();
        lineEnded = true;
        return opened;
    }

    /** Appends what a program printed. */
    synchronized void write(byte[] bytes, int length) {
        int from = 0;
        try {
            if (dropped > 0) {
                noteWhatWasDropped();
            }
            while (from < length) {
                from = writeSome(bytes, from, length);
            }
        } catch (IOException e) {
            dropped += length - from;
        }
    }

    private void noteWhatWasDropped() throws IOException {
        byte[] note = "%sDropped here: %d bytes that the disk did not take%n"
                .formatted(lineEnded ? "" : "\n", dropped)
                .getBytes(StandardCharsets.UTF_8);
        append(note, 0, note.length);
        dropped = 0;
    }

    /** Writes to the end, or as many lines as there is room for and begins another file; gives where it came to. */
    private int writeSome(byte[] bytes, int from, int length) throws IOException {
        if (size + length - from <= limits.maxBytes()) {
            return append(bytes, from, length);
        }
        int room = Math.clamp(limits.maxBytes() - size, 0, length - from);
        int end = lastLineEnd(bytes, from, from + room);
        if (end == from && !lineEnded) {
            // The rest of a line goes where the line began.
            end = firstLineEnd(bytes, from, length);
            if (bytes[end - 1] != '\n' && size + end - from < limits.maxBytes() + LONGEST_LINE) {
                return append(bytes, from, end);
            }
        } else if (end == from && size == 0) {
            // A line larger than a whole file.
            end = firstLineEnd(bytes, from, length);
        }
        append(bytes, from, end);
        rotate();
        return end;
    }

    private static int lastLineEnd(byte[] bytes, int from, int to) {
        int end = to;
        while (end > from && bytes[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    private static int firstLineEnd(byte[] bytes, int from, int to) {
        int end = from;
        while (end < to) {
            if (bytes[end++] == '\n') {
                break;
            }
        }
        return end;
    }

    private int append(byte[] bytes, int from, int to) throws IOException {
        FileChannel channel = out == null ? reopen() : out;
        ByteBuffer buffer = ByteBuffer.wrap(bytes, from, to - from);
        while (buffer.hasRemaining()) {
            size += channel.write(buffer);
        }
        if (to > from) {
            lineEnded = bytes[to - 1] == '\n';
        }
        return to;
    }

    private void rotate() throws IOException {
        FileChannel full = out;
        out = null;
        if (full != null) {
            full.close();
        }
        for (int i = limits.files() - 1; i > 0; i--) {
            Path from = i == 1 ? file : numbered(i - 1);
            if (Files.exists(from)) {
                Files.move(from, numbered(i), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (limits.files() == 1) {
            Files.deleteIfExists(file);
        }
        reopen();
    }

    private Path numbered(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }
}
