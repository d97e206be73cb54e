package org.tlac.acceptance.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tlac.launcher.School;

/** A page of docs/, with what it claims to work. */
record Guide(Path file) {

    static List<Guide> all() {
        try (Stream<Path> files = Files.list(School.ROOT.resolve("docs"))) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .map(Guide::new)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> queries() {
        return blocks("```promql\\n").stream()
                .flatMap(block -> queries(block).stream())
                .toList();
    }

    /** Shell blocks that say that they run on a live system: {@code <!-- runs: live -->} stands before them. */
    List<String> liveCommands() {
        return blocks("<!-- runs: live -->\\s*```bash\\n");
    }

    private List<String> blocks(String opening) {
        try {
            return Pattern.compile(opening + "(.*?)```", Pattern.DOTALL)
                    .matcher(Files.readString(file))
                    .results()
                    .map(found -> found.group(1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One a line; a line that begins with a space or an operator, or stands in open brackets or after an operator, goes on with the one before. */
    private static List<String> queries(String block) {
        List<String> queries = new ArrayList<>();
        for (String line : block.lines().toList()) {
            String code = line.replaceFirst("(^|\\s)#.*", "");
            boolean goesOn = !queries.isEmpty()
                    && (code.matches("(\\s|[-+*/%^)<>=!]|and\\b|or\\b|unless\\b).*")
                            || isUnfinished(queries.getLast()));
            if (goesOn) {
                queries.set(queries.size() - 1, queries.getLast() + "\n" + code);
            } else if (!code.isBlank()) {
                queries.add(code);
            }
        }
        return queries;
    }

    private static boolean isUnfinished(String query) {
        int depth = query.chars()
                .map(c -> "({[".indexOf(c) >= 0 ? 1 : ")}]".indexOf(c) >= 0 ? -1 : 0)
                .sum();
        return depth > 0 || query.matches("(?s).*([-+*/%^<>=]|\\b(and|or|unless))\\s*");
    }

    /** Runs a block as somebody would who copies it, but for folder and ports. */
    void run(String block, School school) throws IOException, InterruptedException {
        String script = block.replace(".tlac/", school.home() + "/");
        for (int port : List.of(8443, 9080, 9081, 9082, 9083, 9084, 9090, 9093)) {
            script = script.replaceAll(
                    "\\b" + port + "\\b", Integer.toString(school.settings().port(port)));
        }
        ProcessBuilder bash = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script)
                .directory(School.ROOT.toFile())
                .redirectErrorStream(true);
        bash.environment().putAll(school.environment());
        Process process = bash.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(file + "\n" + block + "\n" + output).isZero();
    }
}
