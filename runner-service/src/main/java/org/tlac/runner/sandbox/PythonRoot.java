package org.tlac.runner.sandbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The machine's Python as the sandbox sees it: the interpreter, its standard library and the shared libraries that these load. Nothing
 * else of the machine is in the sandbox.
 *
 * @param interpreter a real file, not a link
 * @param library the folder of the standard library
 * @param sharedLibraries paths that the dynamic loader looks for, links included
 * @param version as {@code 3.11.2}
 */
record PythonRoot(Path interpreter, Path library, Set<Path> sharedLibraries, String version) {

    private static final Pattern PATH = Pattern.compile("(/\\S+)");
    private static final int PATIENCE_SECONDS = 10;

    PythonRoot {
        sharedLibraries = Set.copyOf(sharedLibraries);
    }

    /** @throws SandboxException when there is no usable Python at that path */
    static PythonRoot of(Path python) {
        String about = run(List.of(
                python.toString(),
                "-I",
                "-S",
                "-c",
                "import os, platform; print(os.path.dirname(os.__file__)); print(platform.python_version())"));
        List<String> lines = about.lines().toList();
        if (lines.size() != 2) {
            throw new SandboxException("no usable Python at " + python);
        }
        try {
            Path interpreter = python.toRealPath();
            Path library = Path.of(lines.get(0));
            return new PythonRoot(interpreter, library, loaded(interpreter, library), lines.get(1));
        } catch (IOException e) {
            throw new SandboxException("no usable Python at " + python, e);
        }
    }

    private static Set<Path> loaded(Path interpreter, Path library) throws IOException {
        List<String> command = new ArrayList<>(List.of("ldd", interpreter.toString()));
        try (Stream<Path> modules = Files.list(library.resolve("lib-dynload"))) {
            modules.sorted(Comparator.naturalOrder()).map(Path::toString).forEach(command::add);
        }
        Set<Path> found = new TreeSet<>();
        run(command).lines().filter(line -> !line.endsWith(":")).forEach(line -> {
            Matcher path = PATH.matcher(line);
            while (path.find()) {
                found.add(Path.of(path.group(1)));
            }
        });
        return found;
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
                        command.getFirst() + " failed: " + text.toString().strip());
            }
            return text.toString();
        } catch (IOException e) {
            throw new SandboxException("cannot run " + command.getFirst(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("interrupted", e);
        }
    }
}
