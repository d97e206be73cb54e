package org.tlac.launcher.services;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A row of the table of services: what it takes to run one.
 *
 * @param jar beside its libs/
 * @param needs names that must be ready before it starts
 * @param ports every port it listens on, checked to be free
 * @param managementPort where it tells whether it is ready
 * @param memory what is enough for a school on one machine
 * @param environment its configuration, beyond its own defaults
 */
public record ServiceSpec(
        String name,
        Path jar,
        List<String> needs,
        List<Integer> ports,
        int managementPort,
        Memory memory,
        Map<String, String> environment) {

    /**
     * Bounds of a JVM, in MiB: objects, and what is loaded of classes.
     *
     * @param compiled whether what runs often is compiled by C2: it takes a quarter of the processor's time per call then, for 40 MiB and
     *     a dearer first minute. Worth it for what every request goes through
     */
    public record Memory(int heap, int metaspace, boolean compiled) {

        public Memory(int heap, int metaspace) {
            this(heap, metaspace, false);
        }

        private List<String> compiler() {
            return compiled
                    // A third of the heap for what a call leaves behind, from the start: the JVM cuts -Xmn down to
                    // what fits into -Xms. Survivors of 256 calls at once do not end in the old generation. What C2
                    // needed for a while goes back to the system.
                    ? List.of(
                            "-Xms" + heap / 2 + "m",
                            "-Xmn" + heap / 3 + "m",
                            "-XX:SurvivorRatio=2",
                            // Threads that wait for sockets, in place of virtual threads that do: with 256 clients the
                            // latter woke each other for every call, a third of the gateway's time.
                            "-Djdk.pollerMode=1",
                            "-XX:ReservedCodeCacheSize=48m",
                            "-XX:TrimNativeHeapInterval=5000")
                    : List.of("-Xms8m", "-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=32m");
        }
    }

    public ServiceSpec {
        needs = List.copyOf(needs);
        ports = List.copyOf(ports);
        environment = Map.copyOf(environment);
    }

    /** Flags for little memory and a quick start; what a class archive saves is saved from the second start on. */
    List<String> command(Path cache) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(memory.compiler());
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-Xmx" + memory.heap() + "m",
                "-Xss512k",
                "-XX:MaxMetaspaceSize=" + memory.metaspace() + "m",
                "-XX:MinHeapFreeRatio=20",
                "-XX:MaxHeapFreeRatio=40",
                "-XX:+AutoCreateSharedArchive",
                "-XX:SharedArchiveFile=" + cache.resolve(name + ".jsa"),
                // What it says of an archive that it has to make anew is of no use to anybody.
                "-Xlog:disable",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+ExitOnOutOfMemoryError",
                "-jar",
                jar.toString()));
        return command;
    }
}
