package org.tlac.runner.sandbox;

import io.helidon.config.Config;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one program may use, under the key {@code limits}. The defaults are the contract's.
 *
 * @param wall from start to end
 * @param memoryBytes data of each process
 * @param addressSpaceBytes address space of each process, and memory of all of them together
 * @param processes processes and threads at once
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
        long addressSpaceBytes,
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

    /** Below, CPython itself does not start a program. */
    private static final int LEAST_MEMORY = 32 << 20;

    /** Below, the sandbox's own descriptors do not fit. */
    private static final int LEAST_DESCRIPTORS = 16;

    /** A canary makes so many files to see that they are limited. */
    private static final int MOST_INODES = 10_000;

    /** A canary starts so many to see that they are limited. */
    private static final int MOST_PROCESSES = 999;

    /** What is in the end of a program besides its files. */
    private static final int RESULT_OVERHEAD = 65536;

    public Limits {
        atLeast("wall", 1, wall.toMillis());
        atLeast("memorybytes", LEAST_MEMORY, memoryBytes);
        atLeast("addressspacebytes", memoryBytes, addressSpaceBytes);
        atLeast("processes", 1, processes);
        if (processes > MOST_PROCESSES) {
            throw new IllegalArgumentException(
                    "limits.processes must be at most " + MOST_PROCESSES + ", not " + processes);
        }
        atLeast("filebytes", 1, fileBytes);
        atLeast("descriptors", LEAST_DESCRIPTORS, descriptors);
        atLeast("scratchbytes", 1 << 16, scratchBytes);
        atLeast("scratchinodes", 8, scratchInodes);
        if (scratchInodes > MOST_INODES) {
            throw new IllegalArgumentException(
                    "limits.scratchinodes must be at most " + MOST_INODES + ", not " + scratchInodes);
        }
        atLeast("floodbytes", 1, floodBytes);
        atLeast("outputcharacters", 1, outputCharacters);
        atLeast("codecharacters", 1, codeCharacters);
        atLeast("files", 0, files);
        atLeast("outputfilebytes", 1, outputFileBytes);
        atLeast("stdinbytes", 0, stdinBytes);
    }

    /** @throws IllegalArgumentException that names the key whose value cannot be used */
    public static Limits from(Config config) {
        Config limits = config.get("limits");
        return new Limits(
                limits.get("wall").as(Duration.class).get(),
                limits.get("memorybytes").asLong().get(),
                limits.get("addressspacebytes").asLong().get(),
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

    private static void atLeast(String key, long least, long value) {
        if (value < least) {
            throw new IllegalArgumentException("limits." + key + " must be at least " + least + ", not " + value);
        }
    }

    /** Those that the supervisor sets, by the names it knows. */
    Map<String, Object> forSupervisor() {
        Map<String, Object> limits = new LinkedHashMap<>();
        limits.put("wall_seconds", wall.toMillis() / 1000.0);
        // Threads spend processor time faster than the clock runs; one second more, so that one thread meets the clock
        // first.
        limits.put("cpu_seconds", wall.toSeconds() + 1);
        limits.put("memory_bytes", memoryBytes);
        limits.put("address_space_bytes", addressSpaceBytes);
        limits.put("processes", processes);
        limits.put("file_bytes", fileBytes);
        limits.put("descriptors", descriptors);
        limits.put("scratch_bytes", scratchBytes);
        limits.put("scratch_inodes", scratchInodes);
        limits.put("flood_bytes", floodBytes);
        limits.put("files", files);
        limits.put("output_file_bytes", outputFileBytes);
        return limits;
    }

    /** Bytes that the end of a program may take: its files in Base64, names and numbers. */
    int maxResult() {
        return Math.toIntExact(4L * files * outputFileBytes / 3 + RESULT_OVERHEAD);
    }
}
