package org.tlac.launcher;

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
 * @param heapMegabytes what is enough for a school on one machine
 * @param environment its configuration, beyond its own defaults
 */
record ServiceSpec(
        String name,
        Path jar,
        List<String> needs,
        List<Integer> ports,
        int managementPort,
        int heapMegabytes,
        Map<String, String> environment) {

    ServiceSpec {
        needs = List.copyOf(needs);
        ports = List.copyOf(ports);
        environment = Map.copyOf(environment);
    }

    /** Flags for little memory and a quick start; what a class archive saves is saved from the second start on. */
    List<String> command(Path cache) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-Xmx" + heapMegabytes + "m",
                "-Xms8m",
                "-Xss512k",
                "-XX:TieredStopAtLevel=1",
                "-XX:ReservedCodeCacheSize=24m",
                "-XX:MaxHeapFreeRatio=40",
                "-XX:+AutoCreateSharedArchive",
                "-XX:SharedArchiveFile=" + cache.resolve(name + ".jsa"),
                // An archive of another JDK or jar is made anew; that is no warning for anybody.
                "-Xlog:disable",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+ExitOnOutOfMemoryError",
                "-jar",
                jar.toString()));
        return command;
    }
}
