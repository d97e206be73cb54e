package org.tlac.runner;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * What a pod with the RuntimeDefault seccomp profile is for the runner: no namespaces and no mounts for anybody inside, and a small volume
 * in memory. Made by bubblewrap, which loads the filter below before it starts the command.
 *
 * @param scratch where the volume is, inside
 */
record SimulatedPod(Path folder, Path scratch) {

    static final long VOLUME = 64 << 20;

    private static final int LOAD = 0x20;
    private static final int IF_EQUAL = 0x15;
    private static final int IF_ANY_BIT = 0x45;
    private static final int RETURN = 0x06;
    private static final int ALLOW = 0x7fff0000;
    private static final int EPERM = 0x00050001;
    private static final int ENOSYS = 0x00050000 + 38;
    private static final int NEW_NAMESPACES = 0x7e020000;
    private static final int FIRST_ARGUMENT = 16;

    static SimulatedPod create() throws IOException {
        Path folder = Files.createTempDirectory("pod");
        // The sandbox's user is another one.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.write(folder.resolve("filter"), filter());
        return new SimulatedPod(folder, Files.createDirectory(folder.resolve("scratch")));
    }

    /** Begins a command that is continued by one that is to run in the pod. */
    List<String> command() {
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "-c",
                "exec 9<" + folder.resolve("filter") + "; exec \"$@\"",
                "sh",
                "bwrap",
                "--die-with-parent"));
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("--cap-add", "ALL"));
        }
        command.addAll(List.of("--dev-bind", "/", "/", "--perms", "1777", "--size", Long.toString(VOLUME)));
        command.addAll(List.of("--tmpfs", scratch.toString(), "--seccomp", "9", "--"));
        return command;
    }

    /** In the kernel's byte code: clone with a flag of a namespace, unshare and mount are not permitted, clone3 is not known. */
    private static byte[] filter() {
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        ByteBuffer code = ByteBuffer.allocate(11 * 8).order(ByteOrder.LITTLE_ENDIAN);
        put(code, LOAD, 0, 0, 0);
        put(code, IF_EQUAL, 4, 0, arm ? 220 : 56);
        put(code, IF_EQUAL, 6, 0, arm ? 97 : 272);
        put(code, IF_EQUAL, 5, 0, arm ? 40 : 165);
        put(code, IF_EQUAL, 5, 0, 435);
        put(code, RETURN, 0, 0, ALLOW);
        put(code, LOAD, 0, 0, FIRST_ARGUMENT);
        put(code, IF_ANY_BIT, 1, 0, NEW_NAMESPACES);
        put(code, RETURN, 0, 0, ALLOW);
        put(code, RETURN, 0, 0, EPERM);
        put(code, RETURN, 0, 0, ENOSYS);
        return code.array();
    }

    private static void put(ByteBuffer code, int what, int ifTrue, int ifFalse, int value) {
        code.putShort((short) what).put((byte) ifTrue).put((byte) ifFalse).putInt(value);
    }
}
