package org.tlac.platform.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What this process and its machine have open, as Linux tells it. */
public final class OpenSockets {

    /** As the kernel numbers states. In the second one the other side closed, ours did not. */
    private static final String ESTABLISHED = "01";

    private static final String CLOSE_WAIT = "08";

    private OpenSockets() {}

    /** Descriptors of this process that are sockets. */
    public static long ofThisProcess() {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(OpenSockets::isSocket).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            // The one that listed the folder is gone again.
            return false;
        }
    }

    /** Ends of connections to or from that port that were not closed by whoever has them. */
    public static long at(int port) {
        return count(port, Set.of(ESTABLISHED, CLOSE_WAIT));
    }

    /** Ports of those who are connected to that port of this machine: whoever keeps a connection keeps its port. */
    public static Set<Integer> connectedTo(int port) {
        return rows(port, Set.of(ESTABLISHED))
                .filter(row -> row[1].endsWith(hex(port)))
                .map(row -> Integer.parseInt(row[2].substring(row[2].lastIndexOf(':') + 1), 16))
                .collect(Collectors.toSet());
    }

    /** Connections to or from that port whose other side closed them while ours keeps them. */
    public static long inCloseWait(int port) {
        return count(port, Set.of(CLOSE_WAIT));
    }

    private static long count(int port, Set<String> states) {
        return rows(port, states).count();
    }

    private static String hex(int port) {
        return String.format(Locale.ROOT, ":%04X", port);
    }

    private static Stream<String[]> rows(int port, Set<String> states) {
        return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                .flatMap(table -> lines(Path.of(table)).stream().skip(1))
                .map(line -> line.strip().split("\\s+"))
                .filter(row -> (row[1].endsWith(hex(port)) || row[2].endsWith(hex(port))) && states.contains(row[3]));
    }

    private static List<String> lines(Path table) {
        try {
            return Files.exists(table) ? Files.readAllLines(table) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
