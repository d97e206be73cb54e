package org.tlac.runner.sandbox;

import io.helidon.config.Config;
import java.time.Duration;

/**
 * What one program may use, under the key {@code limits}. The defaults are the contract's.
 *
 * @param wall from start to end
 * @param memoryBytes address space of each process
 * @param processes processes and threads at once, the sandbox's own three included
 * @param fileBytes the largest file it may write
 * @param descriptors open files of each process
 * @param scratchBytes its folder, in memory
 * @param scratchInodes files and folders in it
 * @param floodBytes printing more than this to one stream ends it
 * @param outputCharacters of each stream in the answer; the rest is cut
 * @param codeCharacters the longest program
 * @param files files given with it, and files in the answer
 * @param outputFileBytes the largest file either way
 * @param stdinBytes the longest input
 */
public record Limits(
        Duration wall,
        long memoryBytes,
        int processes,
        long fileBytes,
        int descriptors,
        long scratchBytes,
        int scratchInodes,
        int floodBytes,
        int outputCharacters,
        int codeCharacters,
        int files,
        int outputFileBytes,
        int stdinBytes) {

    public Limits {
        positive("wall", wall.toMillis());
        positive("memorybytes", memoryBytes);
        positive("processes", processes);
        positive("filebytes", fileBytes);
        positive("descriptors", descriptors);
        positive("scratchbytes", scratchBytes);
        positive("scratchinodes", scratchInodes);
        positive("floodbytes", floodBytes);
        positive("outputcharacters", outputCharacters);
        positive("codecharacters", codeCharacters);
        positive("outputfilebytes", outputFileBytes);
    }

    public static Limits from(Config config) {
        Config limits = config.get("limits");
        return new Limits(
                limits.get("wall").as(Duration.class).get(),
                limits.get("memorybytes").asLong().get(),
                limits.get("processes").asInt().get(),
                limits.get("filebytes").asLong().get(),
                limits.get("descriptors").asInt().get(),
                limits.get("scratchbytes").asLong().get(),
                limits.get("scratchinodes").asInt().get(),
                limits.get("floodbytes").asInt().get(),
                limits.get("outputcharacters").asInt().get(),
                limits.get("codecharacters").asInt().get(),
                limits.get("files").asInt().get(),
                limits.get("outputfilebytes").asInt().get(),
                limits.get("stdinbytes").asInt().get());
    }

    private static void positive(String key, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException("limits." + key + " must be greater than 0, not " + value);
        }
    }
}
