package org.tlac.runner.sandbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The machine's Python as the sandbox sees it: the interpreter, its standard library and the shared libraries that these load. Nothing
 * else of the machine is in the sandbox.
 *
 * @param interpreter a real file, not a link
 * @param parts what is shown in the sandbox: the path there, and the file or folder of the machine
 * @param version as {@code 3.11.2}
 */
record PythonRoot(Path interpreter, Map<Path, Path> parts, String version) {

    /** Where distributions and images put a Python that everybody may read. */
    private static final List<Path> USUAL = List.of(Path.of("/usr/bin/python3"), Path.of("/usr/local/bin/python3"));

    /** The supervisor waits for processes by descriptor, which came with 3.9. */
    private static final String ABOUT = """
            import os, platform, sys
            if sys.version_info < (3, 9):
                sys.exit("is older than 3.9")
            print(os.path.dirname(os.__file__))
            print(platform.python_version())
            """;

    private static final Pattern PATH = Pattern.compile("(/\\S+)");
    private static final Path TIME_ZONES = Path.of("/usr/share/zoneinfo");
    private static final int PATIENCE_SECONDS = 10;

    PythonRoot {
        parts = new LinkedHashMap<>(parts);
    }

    /** @param configured a path, or empty for the first usual one there is @throws SandboxException when there is no usable Python */
    static PythonRoot of(String configured) {
        Path python = configured.isEmpty()
                ? USUAL.stream()
                        .filter(Files::isExecutable)
                        .findFirst()
                        .orElseThrow(() -> new SandboxException("There is no Python at " + USUAL))
                : Path.of(configured);
        List<String> about =
                run(List.of(python.toString(), "-I", "-S", "-c", ABOUT)).lines().toList();
        if (about.size() != 2) {
            throw new SandboxException("There is no usable Python at " + python);
        }
        try {
            Path interpreter = python.toRealPath();
            Path library = Path.of(about.getFirst());
            requireReadableByAll(interpreter);
            requireReadableByAll(library);
            return new PythonRoot(interpreter, parts(interpreter, library), about.getLast());
        } catch (IOException e) {
            throw new SandboxException("There is no usable Python at " + python, e);
        }
    }

    /** The sandbox's user is nobody of this machine's. */
    private static void requireReadableByAll(Path path) throws IOException {
        for (Path part = path.toRealPath(); part != null; part = part.getParent()) {
            if (!Files.getPosixFilePermissions(part).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                throw new SandboxException(
                        "Not everybody may read " + part + ", so the sandbox cannot: set runner.python");
            }
        }
    }

    private static Map<Path, Path> parts(Path interpreter, Path library) throws IOException {
        Map<Path, Path> parts = new LinkedHashMap<>();
        parts.put(interpreter, interpreter);
        parts.put(library, library.toRealPath());
        for (Path shared : sharedLibraries(interpreter, library)) {
            parts.put(shared, shared.toRealPath());
        }
        if (Files.isDirectory(TIME_ZONES)) {
            parts.put(TIME_ZONES, TIME_ZONES.toRealPath());
        }
        return parts;
    }

    private static Iterable<Path> sharedLibraries(Path interpreter, Path library) throws IOException {
        List<String> command = new ArrayList<>(List.of("ldd", interpreter.toString()));
        try (Stream<Path> modules = Files.list(library.resolve("lib-dynload"))) {
            modules.map(Path::toString)
                    .filter(name -> name.endsWith(".so"))
                    .sorted()
                    .forEach(command::add);
        }
        Map<String, Path> found = new TreeMap<>();
        run(command).lines().filter(line -> !line.endsWith(":")).forEach(line -> {
            Matcher path = PATH.matcher(line);
            while (path.find()) {
                Path shared = Path.of(path.group(1));
                found.put(shared.toString(), shared);
                // Loaded by name at the end of a thread, so that ldd does not know of it.
                Path unwinder = shared.resolveSibling("libgcc_s.so.1");
                if (Files.exists(unwinder)) {
                    found.put(unwinder.toString(), unwinder);
                }
            }
        });
        return found.values();
    }

    private static String run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            StringBuilder text = new StringBuilder();
            try (BufferedReader reader = process.inputReader()) {
                reader.lines().forEach(line -> text.append(line).append('\n'));
            }
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new SandboxException(
                        command.getFirst() + " fails: " + text.toString().strip());
            }
            return text.toString();
        } catch (IOException e) {
            throw new SandboxException("Cannot run " + command.getFirst(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("Interrupted", e);
        }
    }
}
