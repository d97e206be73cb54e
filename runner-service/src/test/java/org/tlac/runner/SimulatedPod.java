package org.tlac.runner;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A pod as the runner meets it: the kernel refuses something to everybody inside, and there is a small volume in memory. Made by
 * bubblewrap, which loads a system call filter before it starts the command.
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

    /** What the kernel does not give those inside. */
    enum Lack {
        NOTHING,
        /** As the RuntimeDefault seccomp profile: clone with a flag of a namespace, unshare and mount are not permitted. */
        NAMESPACES,
        /** As a kernel built without it. */
        LANDLOCK
    }

    static SimulatedPod without(Lack lack) throws IOException {
        Path folder = Files.createTempDirectory("pod");
        // The sandbox's user is another one.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.write(folder.resolve("filter"), filter(lack));
        return new SimulatedPod(folder, Files.createDirectory(folder.resolve("scratch")));
    }

    /** As whom the service runs inside. */
    enum User {
        /** Whoever runs the test. */
        SAME,
        /** As pods should: not as root, without any capability, and so as the same user as the programs. */
        UNPRIVILEGED
    }

    /** Begins a command that is continued by one that is to run in the pod. */
    List<String> command(User user) {
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "-c",
                "exec 9<" + folder.resolve("filter") + "; exec \"$@\"",
                "sh",
                "bwrap",
                "--die-with-parent"));
        if (user == User.UNPRIVILEGED) {
            command.addAll(List.of("--unshare-user", "--uid", "10001", "--gid", "10001"));
        } else if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("--cap-add", "ALL"));
        }
        command.addAll(List.of("--dev-bind", "/", "/", "--perms", "1777", "--size", Long.toString(VOLUME)));
        command.addAll(List.of("--tmpfs", scratch.toString(), "--seccomp", "9", "--"));
        return command;
    }

    /** In the kernel's byte code. */
    private static byte[] filter(Lack lack) {
        ByteBuffer code = ByteBuffer.allocate(16 * 8).order(ByteOrder.LITTLE_ENDIAN);
        put(code, LOAD, 0, 0, 0);
        switch (lack) {
            case NOTHING -> {}
            case NAMESPACES -> {
                boolean arm = System.getProperty("os.arch").equals("aarch64");
                refuse(code, arm ? 97 : 272, EPERM);
                refuse(code, arm ? 40 : 165, EPERM);
                // clone3 is not known, so that everybody uses clone.
                refuse(code, 435, ENOSYS);
                put(code, IF_EQUAL, 0, 3, arm ? 220 : 56);
                put(code, LOAD, 0, 0, FIRST_ARGUMENT);
                put(code, IF_ANY_BIT, 0, 1, NEW_NAMESPACES);
                put(code, RETURN, 0, 0, EPERM);
            }
            case LANDLOCK -> refuse(code, 444, ENOSYS);
        }
        put(code, RETURN, 0, 0, ALLOW);
        return Arrays.copyOf(code.array(), code.position());
    }

    private static void refuse(ByteBuffer code, int call, int how) {
        put(code, IF_EQUAL, 0, 1, call);
        put(code, RETURN, 0, 0, how);
    }

    private static void put(ByteBuffer code, int what, int ifTrue, int ifFalse, int value) {
        code.putShort((short) what).put((byte) ifTrue).put((byte) ifFalse).putInt(value);
    }
}
