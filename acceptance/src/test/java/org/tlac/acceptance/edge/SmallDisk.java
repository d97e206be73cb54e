package org.tlac.acceptance.edge;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A disk of its own for the data of a TLAC, small enough to be filled: in memory, and only where we are root. */
public final class SmallDisk implements AutoCloseable {

    private static final String SIZE = "size=400m";
    private static final int PIECE = 1 << 16;

    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    /** @return nothing where this may not be done */
    public static Optional<SmallDisk> at(Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        return run("mount", "-t", "tmpfs", "-o", SIZE, "tmpfs", folder.toString()) == 0
                ? Optional.of(new SmallDisk(folder))
                : Optional.empty();
    }

    public Fault full() {
        Path filler = folder.resolve("filler");
        return new Fault("postgres", "disk full", () -> fill(filler), () -> Files.deleteIfExists(filler));
    }

    private static void fill(Path filler) throws IOException {
        try (OutputStream out = Files.newOutputStream(filler)) {
            byte[] piece = new byte[PIECE];
            while (true) {
                out.write(piece);
            }
        } catch (IOException full) {
            // Which is what was wanted.
            if (Files.size(filler) == 0) {
                throw full;
            }
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Override
    public void close() throws IOException {
        try {
            // Lazily: whatever still has a file open there may finish.
            run("umount", "-l", folder.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
