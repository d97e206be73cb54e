package org.tlac.runner.hostile;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of the programs of attacks.txt, which explains the fields.
 *
 * @param exitCodes empty when any will do
 */
record Attack(
        String name,
        String containedBy,
        End end,
        List<Integer> exitCodes,
        List<String> says,
        Optional<String> prints,
        List<String> files,
        String given,
        Optional<String> victim,
        Optional<String> architecture,
        String code) {

    enum End {
        EXITED,
        TIMEOUT,
        FLOOD
    }

    private static final Pattern HEAD = Pattern.compile("(by|ends|says|prints|files|given|victim|on): (.*)");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(?:x([0-9a-f]{2})|u([0-9a-f]{4}))");

    /** Those that this machine's processor understands, in the file's order. */
    static List<Attack> here() {
        return all().stream()
                .filter(attack -> attack.architecture
                        .map(System.getProperty("os.arch")::equals)
                        .orElse(true))
                .toList();
    }

    static List<Attack> all() {
        List<String> parts = Arrays.asList(resource("attacks.txt").split("(?m)^== ", -1));
        String calls = resource("calls.py");
        return parts.stream().skip(1).map(part -> parse(part, calls)).toList();
    }

    private static Attack parse(String text, String calls) {
        List<String> lines = text.strip().lines().toList();
        int separator = lines.indexOf("--");
        List<String> code = lines.subList(separator + 1, lines.size());
        String source = String.join("\n", code.getFirst().equals("calls") ? code.subList(1, code.size()) : code);
        Fields fields = new Fields(lines.subList(1, separator));
        String[] end = fields.one("ends").orElseThrow().split(" ", 2);
        return new Attack(
                lines.getFirst(),
                fields.one("by").orElseThrow(),
                End.valueOf(end[0].toUpperCase(java.util.Locale.ROOT)),
                end.length > 1 ? codes(end[1]) : List.of(),
                fields.all("says"),
                fields.one("prints").map(Attack::unescaped),
                fields.one("files").map(names -> List.of(names.split(", "))).orElse(List.of()),
                fields.one("given").map(Attack::input).orElse(""),
                fields.one("victim"),
                fields.one("on"),
                code.getFirst().equals("calls") ? calls + source : source);
    }

    private static List<Integer> codes(String text) {
        return Arrays.stream(text.split(" or ", -1)).map(Integer::valueOf).toList();
    }

    private record Fields(List<String> lines) {

        Fields {
            lines.forEach(line -> {
                if (!HEAD.matcher(line).matches()) {
                    throw new IllegalArgumentException("no field of an attack's: " + line);
                }
            });
        }

        List<String> all(String name) {
            List<String> values = new ArrayList<>();
            for (String line : lines) {
                if (line.startsWith(name + ": ")) {
                    values.add(line.substring(name.length() + 2));
                }
            }
            return values;
        }

        Optional<String> one(String name) {
            List<String> values = all(name);
            if (values.size() > 1) {
                throw new IllegalArgumentException("two values of " + name + ": " + values);
            }
            return values.stream().findFirst();
        }
    }

    private static String unescaped(String text) {
        return ESCAPE.matcher(text)
                .replaceAll(escape -> Matcher.quoteReplacement(Character.toString(
                        Integer.parseInt(Objects.requireNonNullElse(escape.group(1), escape.group(2)), 16))));
    }

    private static String input(String given) {
        return given.matches("[0-9]+") ? "x".repeat(Integer.parseInt(given)) : given;
    }

    private static String resource(String name) {
        try (InputStream in = Attack.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its row in docs/runner.md. */
    String row() {
        String outcome = switch (end) {
            case TIMEOUT -> "stopped at the time limit";
            case FLOOD -> "stopped for printing too much";
            case EXITED ->
                "exit code "
                        + (exitCodes.isEmpty()
                                ? "any"
                                : exitCodes.stream().map(String::valueOf).collect(joining(" or ")))
                        + says.stream().map(words -> ", `" + words + "`").collect(joining())
                        + prints.filter(words -> !words.isBlank())
                                .map(words -> ", prints `" + shown(words) + "`")
                                .orElse("");
        };
        return "| " + name.replace("|", "\\|") + " | " + outcome + " | " + containedBy + " |";
    }

    private static String shown(String words) {
        return words.codePoints()
                .mapToObj(c -> c < ' ' || c > '~' ? "\\x" + Integer.toHexString(c) : Character.toString(c))
                .collect(joining());
    }

    @Override
    public String toString() {
        return name;
    }
}
