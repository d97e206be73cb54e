package org.tlac.runner.check;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One check of an activity: how the program is run, and what must then be so; all that it names must.
 *
 * @param name what the pupil reads, passed or not
 * @param hint what the pupil reads when it is not
 * @param stdin what {@code input()} reads
 * @param given values that take the place of those the program first assigns to these variables
 * @param exitCode how the program must end; 0 when nothing is said
 * @param output all that it prints
 * @param contains texts among what it prints, in this order, each as whole words
 * @param ignore differences that do not matter for the two above: {@code case}, {@code spaces}, {@code blank_lines}
 * @param values expressions and what they must be after the program
 * @param evaluate expressions whose values the assertion gets
 * @param assertion Python that judges what the program did
 */
record Check(
        @Nullable String name,
        @Nullable String hint,
        @Nullable String stdin,
        @Nullable Map<String, JsonNode> given,
        @Nullable Integer exitCode,
        @Nullable String output,
        @Nullable List<String> contains,
        @Nullable Set<String> ignore,
        @Nullable List<Value> values,
        @Nullable List<String> evaluate,
        @JsonProperty("assert") @Nullable String assertion) {

    private static final int LONGEST = 10_000;
    private static final int MOST_VALUES = 50;
    private static final Set<String> IGNORABLE = Set.of("case", "spaces", "blank_lines");

    /**
     * What an expression must be; one of {@code is}, {@code raises} and {@code prints}, or the last together with one of the others.
     *
     * @param of a Python expression, such as {@code double(4)}
     * @param is its value: a text, number, truth value, list, mapping, or nothing
     * @param within how far a number may be from it
     * @param raises the name of the exception that it must raise
     * @param prints what it must print, compared as {@code output} is
     */
    record Value(
            @Nullable String of,
            @Nullable JsonNode is,
            @Nullable Double within,
            @Nullable String raises,
            @Nullable String prints) {

        String expression() {
            return Optional.ofNullable(of).orElse("");
        }
    }

    /** @throws IllegalArgumentException that says what is wrong with it */
    void validate() {
        must(
                name != null && !name.isBlank() && name.length() <= 200,
                "each check needs a name of at most 200 characters");
        must(hint == null || hint.length() <= 1000, named("its hint is longer than 1000 characters"));
        must(stdin == null || stdin.length() <= LONGEST, named("its stdin is longer than " + LONGEST + " characters"));
        must(
                output != null || contains != null || values != null || assertion != null,
                named("it needs output, contains, values or assert"));
        must(IGNORABLE.containsAll(ignored()), named("ignore may name " + IGNORABLE));
        must(expressions().size() <= MOST_VALUES, named("it has more than " + MOST_VALUES + " values"));
        for (Value value : expected()) {
            must(!value.expression().isBlank(), named("each of its values needs an expression under \"of\""));
            must(
                    value.is() != null || value.raises() != null || value.prints() != null,
                    named("each of its values needs is, raises or prints"));
            must(value.is() == null || value.raises() == null, named("a value cannot be something and raise too"));
        }
    }

    private String named(String what) {
        return "\"" + name + "\": " + what;
    }

    private static void must(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException(what);
        }
    }

    Set<String> ignored() {
        return Optional.ofNullable(ignore).orElse(Set.of());
    }

    List<Value> expected() {
        return Optional.ofNullable(values).orElse(List.of());
    }

    List<String> expressions() {
        return Stream.concat(
                        expected().stream().map(Value::expression),
                        Optional.ofNullable(evaluate).orElse(List.of()).stream())
                .toList();
    }

    /** How the program is run for it; checks with the same experiment share one run. */
    TestRun experiment() {
        return new TestRun(
                Optional.ofNullable(stdin).orElse(""),
                Optional.ofNullable(given).orElse(Map.of()),
                expressions());
    }
}
