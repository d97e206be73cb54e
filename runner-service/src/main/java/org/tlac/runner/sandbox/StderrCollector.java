package org.tlac.runner.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * What bubblewrap or the supervisor complains of, for the log; no program writes there. Read until its end, so that nobody blocks on it,
 * and kept as far as anybody would read.
 */
final class StderrCollector {

    private static final int MAX_BYTES = 2000;
    private static final Duration PATIENCE = Duration.ofMillis(300);

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final Thread reader;

    StderrCollector(InputStream stream) {
        // Not a virtual thread: reading a pipe holds its carrier, here for as long as the sandbox lives. As many
        // sandboxes as processors would leave none to answer requests.
        reader = Thread.ofPlatform().daemon().name("sandbox-complaint").start(() -> collect(stream));
    }

    private void collect(InputStream stream) {
        byte[] buffer = new byte[1024];
        try (stream) {
            for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
                kept.write(buffer, 0, Math.min(count, MAX_BYTES - kept.size()));
            }
        } catch (IOException e) {
            // Closed under us: then nothing more was said.
        }
    }

    /** All of it, once the sandbox has ended. */
    String text() {
        try {
            reader.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        String text = kept.toString(StandardCharsets.UTF_8).strip();
        return text.isEmpty() ? "it said nothing" : text;
    }
}
