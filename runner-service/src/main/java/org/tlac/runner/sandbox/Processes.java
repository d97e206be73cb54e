package org.tlac.runner.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the kernel tells of a process and all that descend from it, read from {@code /proc}. Those that end meanwhile are left out. */
final class Processes {

    private static final Path PROC = Path.of("/proc");

    private Processes() {}

    /** Memory of their own, by process: anonymous and shared, but not what they read from files. Bytes. */
    static Map<Long, Long> memory(long root) {
        Map<Long, Long> memory = new HashMap<>();
        for (long pid : family(root)) {
            try (Stream<String> lines = Files.lines(PROC.resolve(pid + "/status"))) {
                memory.put(
                        pid,
                        lines.filter(line -> line.startsWith("RssAnon:") || line.startsWith("RssShmem:"))
                                .mapToLong(Processes::bytes)
                                .sum());
            } catch (IOException | java.io.UncheckedIOException e) {
                // It ended.
            }
        }
        return memory;
    }

    /** {@code RssAnon:      5120 kB}. */
    private static long bytes(String line) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }

    /** The process, its children and theirs. */
    static List<Long> family(long root) {
        List<Long> family = new ArrayList<>(List.of(root));
        for (int i = 0; i < family.size(); i++) {
            try (Stream<Path> threads = Files.list(PROC.resolve(family.get(i) + "/task"))) {
                for (Path thread : threads.toList()) {
                    children(thread).forEach(family::add);
                }
            } catch (IOException | java.io.UncheckedIOException e) {
                // It ended.
            }
        }
        return family;
    }

    private static List<Long> children(Path thread) throws IOException {
        return Stream.of(Files.readString(thread.resolve("children")).split(" "))
                .filter(pid -> !pid.isBlank())
                .map(Long::valueOf)
                .toList();
    }
}
