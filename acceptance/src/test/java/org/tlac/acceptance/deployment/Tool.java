package org.tlac.acceptance.deployment;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A program of the machine. A test that needs one which is not installed is skipped, and says so. */
record Tool(String name) {

    /** @param output standard output and standard error as they came */
    record Outcome(int exit, String output) {}

    Outcome run(Path folder, String... arguments) {
        assumeTrue(isInstalled(), name + " is not installed");
        List<String> command = new ArrayList<>(List.of(name));
        command.addAll(List.of(arguments));
        return execute(folder, command);
    }

    /** Runs a script of the checkout, or of a copy. */
    static Outcome script(Path script, String... arguments) {
        List<String> command = new ArrayList<>(List.of("sh", script.toString()));
        command.addAll(List.of(arguments));
        return execute(script.getParent(), command);
    }

    boolean isInstalled() {
        return Stream.of(System.getenv("PATH").split(Pattern.quote(File.pathSeparator), -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    }

    private static Outcome execute(Path folder, List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
