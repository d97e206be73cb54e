package org.tlac.acceptance.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tlac.launcher.School;

/** CONTRIBUTING.md and what enforces it stay in step: each rule names its test, plugin or script, or says that people look. */
class ContributingTest {

    private static final Pattern RULE = Pattern.compile("(?ms)^- \\*\\*.*?(?=^- |\\z)");
    private static final Pattern ENFORCED = Pattern.compile("Enforced by\\s+(.+)\\.\\s*\\z", Pattern.DOTALL);
    private static final Pattern NAME = Pattern.compile("`([^`]+)`");
    private static final Pattern SLEEP = Pattern.compile("\\bThread\\.sleep\\(|\\bTimeUnit\\.[A-Z]+\\.sleep\\(");

    private static final int LOOP_LINES = 10;

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(School.ROOT)) {
            return files.filter(path -> !path.toString().matches(".*/(target|\\.git|\\.tlac)/.*"))
                    .toList();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    @Test
    void everyRule_namesWhatEnforcesIt_andThatExists() throws IOException {
        Set<String> names = files().stream().map(ContributingTest::name).collect(Collectors.toSet());
        String pom = text(School.ROOT.resolve("pom.xml"));
        List<String> rules = RULE.matcher(text(School.ROOT.resolve("CONTRIBUTING.md")))
                .results()
                .map(match -> match.group())
                .toList();
        assertThat(rules).hasSizeGreaterThanOrEqualTo(9);
        for (String rule : rules) {
            var enforced = ENFORCED.matcher(rule);
            assertThat(enforced.find()).as("what enforces: %s", rule).isTrue();
            List<String> by = NAME.matcher(enforced.group(1))
                    .results()
                    .map(match -> match.group(1))
                    .toList();
            assertThat(by.isEmpty()).as(rule).isEqualTo(enforced.group(1).equals("review"));
            for (String what : by) {
                assertThat(names.contains(what + ".java")
                                || names.contains(what)
                                || pom.contains("<artifactId>" + what + "</artifactId>"))
                        .as(what)
                        .isTrue();
            }
        }
    }

    /** A pause is part of a loop that waits for a condition, or it makes a test slow on one machine and wrong on another. */
    @Test
    void tests_sleepOnlyBetweenTwoLooksAtACondition() throws IOException {
        List<String> sleeps = new ArrayList<>();
        for (Path file : files()) {
            if (file.toString().contains("/src/test/") && name(file).endsWith("Test.java")) {
                List<String> lines = text(file).lines().toList();
                for (int i = 0; i < lines.size(); i++) {
                    List<String> before = lines.subList(Math.max(0, i - LOOP_LINES), i);
                    if (SLEEP.matcher(lines.get(i)).find()
                            && before.stream().noneMatch(line -> line.contains("while ("))) {
                        sleeps.add(name(file) + ":" + (i + 1));
                    }
                }
            }
        }
        assertThat(sleeps).isEmpty();
    }
}
