package org.tlac.runner.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.http.Json;

/**
 * What a zygote is made of: the command that starts it (at full isolation bubblewrap with its read-only root), and what the supervisor is
 * told first (limits, filters, and its own source, which is in no file that a program could read).
 *
 * @param scratch where its programs write; null at full isolation, where each has a folder in memory that nobody else sees
 */
@SuppressWarnings("ArrayRecordComponent") // Sent, never compared.
record SandboxSpec(
        PythonRoot python,
        List<String> command,
        byte[] setup,
        Limits limits,
        @Nullable Scratch scratch) {

    /** Bubblewrap started as root would map the sandbox's user to the machine's root. */
    private static final String NOBODY = "65534";

    /** On a machine out of memory the kernel ends programs before it ends anything else. */
    private static final String OOM_SCORE = "echo 1000 >/proc/self/oom_score_adj; exec \"$@\"";

    /** Reads a length in eight digits and so many bytes of JSON, makes modules of the sources in it, and calls the last one's main. */
    private static final String BOOT = """
            import json, os, sys, types
            def take(count):
                data = b""
                while len(data) < count:
                    data += os.read(0, count - len(data)) or os._exit(0)
                return data
            setup = json.loads(take(int(take(8))))
            for name, source in setup.pop("modules").items():
                sys.modules[name] = module = types.ModuleType(name)
                exec(compile(source, "<" + name + ">", "exec"), module.__dict__)
            del name, source
            module.main(setup)
            """;

    /** By the names that they have for each other, in the order in which they need each other. */
    private static final Map<String, String> MODULES = modules(Map.of("confinement", "confinement.py"));

    /** Without namespaces another module is the supervisor's confinement, made with what the first one knows of the kernel. */
    private static final Map<String, String> MODULES_OF_PROCESS_LEVEL = modules(
            new TreeMap<>(Map.of("kernel", "confinement.py", "confinement", "process_level.py")).descendingMap());

    SandboxSpec {
        command = List.copyOf(command);
    }

    private static Map<String, String> modules(Map<String, String> confinement) {
        Map<String, String> modules = new LinkedHashMap<>();
        modules.put("frames", "frames.py");
        modules.putAll(confinement);
        List.of("turtle", "program", "conversation", "folder", "supervisor")
                .forEach(name -> modules.put(name, name + ".py"));
        return modules;
    }

    /** For full isolation. @throws SandboxException when this machine's architecture has no filter */
    static SandboxSpec of(PythonRoot python, Limits limits) {
        return new SandboxSpec(
                python, command(python), setup(limits.forSupervisor(), "program", MODULES), limits, null);
    }

    /** For a machine without namespaces. @throws SandboxException when this machine's architecture has no filter */
    static SandboxSpec withoutNamespaces(PythonRoot python, Limits limits, Scratch scratch) {
        Map<String, Object> all = limits.forSupervisor();
        all.put("scratch_folder", scratch.folder().toString());
        all.put("readable", python.parts().values().stream().map(Path::toString).toList());
        byte[] setup = setup(all, "threads", MODULES_OF_PROCESS_LEVEL);
        return new SandboxSpec(python, plainCommand(python), setup, limits, scratch);
    }

    Isolation isolation() {
        return scratch == null ? Isolation.FULL : Isolation.PROCESS;
    }

    /** Its processes, at least: bubblewrap if there is one, supervisor, zygote and the program to be. */
    int family() {
        return scratch == null ? 4 : 3;
    }

    /** The same, for programs that give way to others: they may run for long. */
    SandboxSpec givingWay() {
        List<String> nice = new ArrayList<>(List.of("nice", "-n", "10"));
        nice.addAll(command);
        return new SandboxSpec(python, nice, setup, limits, scratch);
    }

    private static List<String> command(PythonRoot python) {
        List<String> command = new ArrayList<>(asNobody());
        command.add("bwrap");
        // The supervisor gives each program its namespaces and its folder, with a limit on files that bubblewrap cannot
        // set; a program's process gives the capability up. No /proc, and no /dev but single devices: as --dev it would
        // be a writable folder without a limit.
        command.addAll(List.of("--unshare-all", "--as-pid-1", "--die-with-parent", "--new-session"));
        command.addAll(List.of("--hostname", "python"));
        command.addAll(List.of("--cap-add", "CAP_SYS_ADMIN", "--tmpfs", "/"));
        python.parts()
                .forEach((where, what) -> command.addAll(List.of("--ro-bind", what.toString(), where.toString())));
        for (String device : List.of("/dev/null", "/dev/zero", "/dev/urandom")) {
            command.addAll(List.of("--dev-bind", device, device));
        }
        command.addAll(List.of("--dir", "/tmp", "--remount-ro", "/", "--chdir", "/", "--clearenv"));
        environment().forEach((name, value) -> command.addAll(List.of("--setenv", name, value)));
        command.add("--");
        command.addAll(boot(python));
        return command;
    }

    private static List<String> plainCommand(PythonRoot python) {
        List<String> command = new ArrayList<>(asNobody());
        command.addAll(List.of("env", "-i"));
        environment().forEach((name, value) -> command.add(name + "=" + value));
        command.addAll(boot(python));
        return command;
    }

    private static List<String> asNobody() {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--"));
        }
        command.addAll(List.of("sh", "-c", OOM_SCORE, "sh"));
        return command;
    }

    private static List<String> boot(PythonRoot python) {
        return List.of(python.interpreter().toString(), "-I", "-S", "-B", "-c", BOOT);
    }

    private static Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PATH", "/usr/bin");
        environment.put("LANG", "C.UTF-8");
        environment.put("HOME", "/tmp/work");
        environment.put("USER", "pupil");
        // One heap for all threads: each further one would take 128 MiB of the address space.
        environment.put("MALLOC_ARENA_MAX", "1");
        return environment;
    }

    private static byte[] setup(Map<String, Object> limits, String programFilter, Map<String, String> modules) {
        Map<String, String> sources = new LinkedHashMap<>();
        modules.forEach((name, file) -> sources.put(name, textResource(file)));
        Map<String, Object> setup = new LinkedHashMap<>();
        setup.put("limits", limits);
        setup.put("supervisor_filter", filter("supervisor"));
        setup.put("program_filter", filter(programFilter));
        setup.put("modules", sources);
        byte[] json = Json.write(setup);
        byte[] length = "%08d".formatted(json.length).getBytes(StandardCharsets.US_ASCII);
        byte[] both = new byte[length.length + json.length];
        System.arraycopy(length, 0, both, 0, length.length);
        System.arraycopy(json, 0, both, length.length, json.length);
        return both;
    }

    private static String filter(String name) {
        String architecture = switch (System.getProperty("os.arch")) {
            case "amd64" -> "x86_64";
            case "aarch64" -> "aarch64";
            default ->
                throw new SandboxException("There is no system call filter for " + System.getProperty("os.arch"));
        };
        return Base64.getEncoder().encodeToString(resource(name + "." + architecture + ".bpf"));
    }

    static String textResource(String name) {
        return new String(resource(name), StandardCharsets.UTF_8);
    }

    private static byte[] resource(String name) {
        try (InputStream in = SandboxSpec.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            throw new SandboxException("Cannot tell who we are: /proc is missing", e);
        }
    }
}
