package org.tlac.runner.check;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Printed text as checks compare it: without what nobody sees (blanks at the ends of lines, empty lines at the end), and without what a check ignores. */
final class Printed {

    private final Set<String> ignored;

    /** @param ignored of {@code case}, {@code spaces} and {@code blank_lines} */
    Printed(Set<String> ignored) {
        this.ignored = Set.copyOf(ignored);
    }

    boolean equal(String expected, String actual) {
        return plain(expected).equals(plain(actual));
    }

    /** Whether all of these occur, one after the other, none of them as a part of a longer word or number. */
    boolean contains(List<String> expected, String actual) {
        String text = plain(actual);
        int from = 0;
        for (String part : expected) {
            String wanted = plain(part);
            int at = find(text, wanted, from);
            if (at < 0) {
                return false;
            }
            from = at + wanted.length();
        }
        return true;
    }

    private static int find(String text, String wanted, int from) {
        for (int at = text.indexOf(wanted, from); at >= 0; at = text.indexOf(wanted, at + 1)) {
            if (!splits(text, at) && !splits(text, at + wanted.length())) {
                return at;
            }
        }
        return -1;
    }

    /** Whether that place is in the middle of a word or of a number. */
    private static boolean splits(String text, int at) {
        return at > 0
                && at < text.length()
                && Character.isLetterOrDigit(text.charAt(at - 1))
                && Character.isLetterOrDigit(text.charAt(at));
    }

    private String plain(String text) {
        return text.lines()
                .map(String::stripTrailing)
                .map(line -> ignored.contains("spaces") ? line.strip().replaceAll("\\s+", " ") : line)
                .map(line -> ignored.contains("case") ? line.toLowerCase(Locale.ROOT) : line)
                .filter(line -> !ignored.contains("blank_lines") || !line.isEmpty())
                .collect(Collectors.joining("\n"))
                .stripTrailing();
    }
}
