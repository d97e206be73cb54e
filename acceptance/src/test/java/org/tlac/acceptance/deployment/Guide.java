package org.tlac.acceptance.deployment;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A page of docs/, as its tests read it.
 *
 * @param file in Markdown
 */
record Guide(Path file) {

    private static final Pattern BLOCK =
            Pattern.compile("(?m)^(?:<!-- ([a-z]+: [a-z]+) -->\\n)?```([a-z]+)\\n(.*?)^```$", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

    /**
     * A fenced block.
     *
     * @param mark what the comment right before it says, as {@code runs: here}; empty without one
     */
    record Block(String mark, String language, String text) {}

    static Guide of(String name) {
        return new Guide(Checkout.ROOT.resolve("docs").resolve(name));
    }

    List<Block> blocks(String language) {
        return BLOCK.matcher(Checkout.text(file))
                .results()
                .map(match -> new Block(match.group(1) == null ? "" : match.group(1), match.group(2), match.group(3)))
                .filter(block -> block.language().equals(language))
                .toList();
    }

    /** Where it leads, other sites left out. */
    List<String> links() {
        return LINK.matcher(Checkout.text(file).replaceAll("(?s)```.*?```", ""))
                .results()
                .map(match -> match.group(1))
                .filter(link -> !link.contains("://"))
                .toList();
    }

    /** What may stand after # in a link to this page. */
    Set<String> anchors() {
        return HEADING.matcher(Checkout.text(file).replaceAll("(?s)```.*?```", ""))
                .results()
                .map(match -> match.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }
}
