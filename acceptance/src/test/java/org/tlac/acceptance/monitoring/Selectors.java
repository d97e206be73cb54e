package org.tlac.acceptance.monitoring;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a PromQL expression reads: its series selectors, without ranges, offsets and whatever is done to them. */
final class Selectors {

    private static final Pattern TOKEN = Pattern.compile(String.join(
            "|",
            "(?<string>\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*')",
            "(?<range>\\[[^\\]]*\\])",
            "(?<matchers>\\{(?:[^{}\"']|\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*')*\\})",
            "(?<number>[0-9][0-9a-zA-Z.]*)",
            "(?<labels>\\b(?:by|without|on|ignoring|group_left|group_right)\\b\\s*(?:\\([^()]*\\))?)",
            "(?<call>[a-zA-Z_][a-zA-Z0-9_]*\\s*(?=\\())",
            "(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)",
            "(?<other>.)"));

    private static final Set<String> WORDS = Set.of(
            "and",
            "or",
            "unless",
            "bool",
            "offset",
            "sum",
            "min",
            "max",
            "avg",
            "count",
            "group",
            "stddev",
            "stdvar",
            "topk",
            "bottomk",
            "quantile",
            "count_values",
            "Inf",
            "NaN",
            "atan2");

    private Selectors() {}

    static List<String> of(String expression) {
        List<String> selectors = new ArrayList<>();
        String name = "";
        Matcher token = TOKEN.matcher(expression.replace('\n', ' '));
        while (token.find()) {
            if (token.group("matchers") != null) {
                selectors.add(name + token.group());
                name = "";
            } else if (!token.group().isBlank()) {
                if (!name.isEmpty()) {
                    selectors.add(name);
                }
                boolean isMetric = token.group("name") != null && !WORDS.contains(token.group());
                name = isMetric ? token.group() : "";
            }
        }
        if (!name.isEmpty()) {
            selectors.add(name);
        }
        return selectors;
    }
}
