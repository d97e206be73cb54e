package org.tlac.acceptance.compose;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A program that runs to its end. */
final class Program {

    /** @param output standard output and standard error as they came */
    record Outcome(int exit, String output) {}

    private Program() {}

    /** Runs it in the checkout. A program that is not there ends with 127, as in a shell. */
    static Outcome run(List<String> command, Map<String, String> environment, Path folder) {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return new Outcome(127, String.valueOf(e.getMessage()));
        }
        try (var in = process.getInputStream()) {
            process.getOutputStream().close();
            String output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static Outcome docker(String... arguments) {
        return run(Stream.concat(Stream.of("docker"), Stream.of(arguments)).toList(), Map.of(), Compose.ROOT);
    }
}
