package org.tlac.platform.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A route's template, taken apart once.
 *
 * @param segments text that must be there, {@code {name}} for any one segment, or at the end {@code {+name}} for one or more
 */
record PathTemplate(List<String> segments) {

    static PathTemplate parse(String template) {
        return new PathTemplate(
                template.equals("/") ? List.of() : List.of(template.substring(1).split("/", -1)));
    }

    boolean matches(List<String> path) {
        for (int i = 0; i < segments.size(); i++) {
            String segment = segments.get(i);
            if (i >= path.size()) {
                return false;
            }
            if (isRest(segment)) {
                return true;
            }
            if (!isParameter(segment) && !segment.equals(path.get(i))) {
                return false;
            }
        }
        return path.size() == segments.size();
    }

    /** The parameters of a path, decoded, by name; empty when it does not match. */
    Optional<Map<String, String>> match(List<String> path) {
        if (!matches(path)) {
            return Optional.empty();
        }
        Map<String, String> parameters = new HashMap<>();
        for (int i = 0; i < segments.size(); i++) {
            String segment = segments.get(i);
            if (isRest(segment)) {
                parameters.put(
                        segment.substring(2, segment.length() - 1), String.join("/", path.subList(i, path.size())));
            } else if (isParameter(segment)) {
                parameters.put(segment.substring(1, segment.length() - 1), path.get(i));
            }
        }
        return Optional.of(parameters);
    }

    private static boolean isRest(String segment) {
        return segment.startsWith("{+");
    }

    private static boolean isParameter(String segment) {
        return segment.startsWith("{");
    }
}
