package org.tlac.acceptance.edge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a virtual machine on this machine holds at one moment, as Linux and its own tools tell.
 *
 * @param descriptors open files, sockets and whatever else
 * @param sockets of those, TCP connections by state, and {@code UNCONNECTED} for those that the kernel knows of no connection for
 * @param threads of the operating system
 * @param virtual threads of Java
 * @param heapBytes objects that are in use: what a collection leaves
 * @param pssBytes resident memory, what is shared counted in parts
 */
public record Vitals(
        int descriptors, Map<String, Integer> sockets, int threads, int virtual, long heapBytes, long pssBytes) {

    private static final Pattern SOCKET = Pattern.compile("socket:\\[([0-9]+)]");
    private static final Pattern THREADS = Pattern.compile("(?m)^Threads:\\s+([0-9]+)");
    private static final Pattern PSS = Pattern.compile("(?m)^Pss:\\s+([0-9]+) kB");
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+[0-9]+\\s+([0-9]+)");
    private static final Pattern VIRTUAL = Pattern.compile("(?m)^#[0-9]+ \".*\" virtual");
    private static final Map<String, String> STATES = Map.of(
            "01", "ESTABLISHED",
            "04", "FIN-WAIT-1",
            "05", "FIN-WAIT-2",
            "06", "TIME-WAIT",
            "07", "CLOSE",
            "08", "CLOSE-WAIT",
            "09", "LAST-ACK",
            "0A", "LISTEN");

    /** Everything, after a collection: takes about half a second of the process's time. */
    public static Vitals of(long pid) {
        String histogram = jcmd(pid, "GC.class_histogram");
        return new Vitals(
                descriptors(pid), sockets(pid), threads(pid), virtual(pid), number(TOTAL, histogram), pss(pid));
    }

    /** How many descriptors are open: cheap enough to ask again and again. */
    public static int descriptors(long pid) {
        return links(pid).size();
    }

    public int count(String state) {
        return sockets.getOrDefault(state, 0);
    }

    /** TCP connections by state: cheap too. */
    static Map<String, Integer> sockets(long pid) {
        Map<String, String> states = states();
        Map<String, Integer> counts = new HashMap<>();
        Set<String> seen = new HashSet<>();
        for (String link : links(pid)) {
            Matcher socket = SOCKET.matcher(link);
            if (socket.matches() && seen.add(socket.group(1))) {
                counts.merge(states.getOrDefault(socket.group(1), "UNCONNECTED"), 1, Integer::sum);
            }
        }
        return Map.copyOf(counts);
    }

    private static List<String> links(long pid) {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return files.map(Vitals::link).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("There is no process " + pid, e);
        }
    }

    private static String link(Path file) {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (IOException e) {
            return "closed meanwhile";
        }
    }

    /** State by inode. */
    private static Map<String, String> states() {
        Map<String, String> states = new HashMap<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            try (Stream<String> lines = Files.lines(Path.of(table))) {
                lines.skip(1)
                        .map(line -> line.strip().split("\\s+"))
                        .forEach(fields -> states.put(fields[9], STATES.getOrDefault(fields[3], fields[3])));
            } catch (IOException | UncheckedIOException e) {
                // A machine without IPv6 has one of the two.
            }
        }
        return states;
    }

    public static int threads(long pid) {
        return Math.toIntExact(number(THREADS, proc(pid, "status")));
    }

    static long pss(long pid) {
        return number(PSS, proc(pid, "smaps_rollup")) * 1024;
    }

    private static int virtual(long pid) {
        try {
            Path dump = Files.createTempFile("threads", ".txt");
            jcmd(pid, "Thread.dump_to_file", "-overwrite", dump.toString());
            Matcher each = VIRTUAL.matcher(Files.readString(dump));
            Files.delete(dump);
            return Math.toIntExact(each.results().count());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String proc(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/" + file));
        } catch (IOException e) {
            throw new UncheckedIOException("There is no process " + pid, e);
        }
    }

    private static long number(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        if (!found.find()) {
            throw new IllegalStateException("No " + pattern + " in " + text);
        }
        return Long.parseLong(found.group(1));
    }

    private static String jcmd(long pid, String... arguments) {
        try {
            Process process = new ProcessBuilder(Stream.concat(
                                    Stream.of(
                                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                                    .toString(),
                                            Long.toString(pid)),
                                    Stream.of(arguments))
                            .toList())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException("jcmd " + List.of(arguments) + ": " + said);
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
