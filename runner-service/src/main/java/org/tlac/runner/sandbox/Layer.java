package org.tlac.runner.sandbox;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One of the layers that keep programs apart from the machine and from each other.
 *
 * @param name for diagnostics
 * @param what it is
 * @param canaries attempts that it denies, alone or before the layers behind it; by the names of canaries.py
 */
public record Layer(String name, String what, List<String> canaries) {

    private static final List<Layer> FULL = List.of(
            of(
                    "namespaces",
                    "process, mount, IPC and host name namespaces of each program's own, and a network with nothing on it",
                    "environment of process 1",
                    "signal process 1"),
            of(
                    "root",
                    "a read-only root that holds Python, its standard library and three devices",
                    "file of the machine",
                    "write to the root",
                    "write to the library"),
            of(
                    "scratch",
                    "a folder in memory of each program's own, which the kernel limits in bytes and files",
                    "files beyond the limit",
                    "space beyond the limit"),
            of("privileges", "no capabilities and no way to new privileges", "capabilities", "privileges"),
            of(
                    "limits",
                    "limits of each process's resources, and of memory for all of them together",
                    "threads beyond the limit",
                    "memory beyond the limit"),
            of("landlock", "writing only in the folder, no TCP, no signals to others", "write to a device"),
            of(
                    "filters",
                    "system call filters: one for the sandbox, a tighter one for the program, which starts no other process",
                    "another process",
                    "internet socket",
                    "local socket",
                    "netlink socket",
                    "new user namespace",
                    "mount",
                    "start a program",
                    "trace a process"));

    private static final List<Layer> PROCESS = List.of(
            of(
                    "landlock",
                    "reading only Python, writing only in the folder, no TCP, no tracing, no signals to others",
                    "file of the machine",
                    "folders of the machine",
                    "folders of other programs",
                    "write to the root",
                    "write to the library",
                    "write to the temporary folder",
                    "write to a device",
                    "signal the zygote",
                    "signal process 1",
                    "memory of the zygote",
                    "environment of the zygote",
                    "environment of process 1"),
            of(
                    "scratch",
                    "a folder in memory, emptied after each program, which is ended when it holds too much",
                    "file beyond the limit"),
            of(
                    "privileges",
                    "no capabilities, no way to new privileges, no change of modes and owners",
                    "capabilities",
                    "privileges",
                    "change a mode"),
            of(
                    "limits",
                    "limits of the process's resources, and of its memory",
                    "threads beyond the limit",
                    "memory beyond the limit"),
            of(
                    "filters",
                    "system call filters: threads but no other process, no other program, no sockets",
                    "another process",
                    "outlive the zygote",
                    "internet socket",
                    "local socket",
                    "netlink socket",
                    "new user namespace",
                    "mount",
                    "start a program",
                    "trace a process"),
            of(
                    "one-at-a-time",
                    "one program at a time in this runner, and nothing left of it when the next one begins"));

    private static Layer of(String name, String what, String... canaries) {
        return new Layer(name, what, List.of(canaries));
    }

    public Layer {
        canaries = List.copyOf(canaries);
    }

    /** Those that there are at a level. */
    public static List<Layer> of(Isolation level) {
        return switch (level) {
            case FULL -> FULL;
            case PROCESS -> PROCESS;
            case NONE -> List.of();
        };
    }

    /** All attempts that a level must deny. */
    static Set<String> canaries(Isolation level) {
        return of(level).stream().flatMap(layer -> layer.canaries().stream()).collect(Collectors.toUnmodifiableSet());
    }
}
