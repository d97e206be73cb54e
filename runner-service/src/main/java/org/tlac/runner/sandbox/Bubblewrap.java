package org.tlac.runner.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/** The command that makes one sandbox: bubblewrap, its namespaces, its read-only root, its filter, and the supervisor inside. */
final class Bubblewrap implements AutoCloseable {

    /** Bubblewrap started as root would map the sandbox's user to the machine's root. */
    private static final String NOBODY = "65534";

    private final List<String> command;
    private final String programFilter;
    private final Path filterFile;

    private Bubblewrap(List<String> command, String programFilter, Path filterFile) {
        this.command = List.copyOf(command);
        this.programFilter = programFilter;
        this.filterFile = filterFile;
    }

    /** @throws SandboxException when this machine's architecture has no filter, or the temporary folder cannot be written */
    static Bubblewrap around(PythonRoot python) {
        try {
            // A file of its own that the sandbox's user can read: bubblewrap takes the filter from a descriptor.
            Path filter = Files.createTempFile(
                    "tlac-filter",
                    ".bpf",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(filter, filter("supervisor"));
            Files.setPosixFilePermissions(filter, PosixFilePermissions.fromString("r--r--r--"));
            List<String> command = new ArrayList<>();
            if (System.getProperty("user.name").equals("root")) {
                command.addAll(List.of("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--"));
            }
            // Java passes no descriptor but the usual three.
            command.addAll(List.of("sh", "-c", "exec 9<\"$0\"; exec \"$@\"", filter.toString()));
            command.addAll(sandbox(python));
            return new Bubblewrap(command, Base64.getEncoder().encodeToString(filter("program")), filter);
        } catch (IOException e) {
            throw new SandboxException("cannot write the filter", e);
        }
    }

    List<String> command() {
        return command;
    }

    /** The filter that the supervisor puts the program under, in Base64. */
    String programFilter() {
        return programFilter;
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(filterFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> sandbox(PythonRoot python) {
        List<String> arguments = new ArrayList<>(List.of("bwrap", "--unshare-all", "--as-pid-1", "--die-with-parent"));
        // The supervisor mounts the program's folder, with a limit on files that bubblewrap cannot set, and then drops
        // this.
        arguments.addAll(List.of("--new-session", "--cap-add", "CAP_SYS_ADMIN", "--tmpfs", "/"));
        bind(arguments, python.interpreter(), python.interpreter());
        bind(arguments, python.library(), python.library());
        python.sharedLibraries().stream().sorted().forEach(library -> {
            try {
                bind(arguments, library.toRealPath(), library);
            } catch (IOException e) {
                throw new SandboxException("a library of Python's is missing: " + library, e);
            }
        });
        // Single devices: --dev would be a writable folder without a limit.
        for (String device : List.of("/dev/null", "/dev/zero", "/dev/urandom")) {
            arguments.addAll(List.of("--dev-bind", device, device));
        }
        arguments.addAll(List.of("--dir", "/work", "--symlink", "work", "/tmp", "--remount-ro", "/", "--chdir", "/"));
        arguments.addAll(List.of("--clearenv", "--setenv", "PATH", "/usr/bin", "--setenv", "LANG", "C.UTF-8"));
        arguments.addAll(List.of("--setenv", "HOME", "/work", "--setenv", "MALLOC_ARENA_MAX", "1"));
        arguments.addAll(List.of("--seccomp", "9", "--", python.interpreter().toString(), "-I", "-S", "-B", "-c"));
        arguments.add(new String(resource("supervisor.py"), StandardCharsets.UTF_8));
        return arguments;
    }

    private static void bind(List<String> arguments, Path from, Path to) {
        arguments.addAll(List.of("--ro-bind", from.toString(), to.toString()));
    }

    private static byte[] filter(String name) {
        String architecture = switch (System.getProperty("os.arch")) {
            case "amd64" -> "x86_64";
            case "aarch64" -> "aarch64";
            default -> throw new SandboxException("no seccomp filter for " + System.getProperty("os.arch"));
        };
        return resource(name + "." + architecture + ".bpf");
    }

    private static byte[] resource(String name) {
        try (InputStream in = Bubblewrap.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
