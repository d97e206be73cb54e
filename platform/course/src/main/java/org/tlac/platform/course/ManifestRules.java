package org.tlac.platform.course;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a manifest must be for those who count and mark by it: ids, titles, objectives that exist. Fields that only pages use are left to
 * them, and unknown ones to whoever added them.
 */
final class ManifestRules {

    /** Every lesson is a label of {@code tlac_activity_saves_total}: a bound on both. */
    static final int MAX_LESSONS = 500;

    static final int MAX_ACTIVITIES = 200;

    private ManifestRules() {}

    /** A rule that does not hold, and where. */
    private static final class Violation extends Exception {
        Violation(String message) {
            super(message);
        }
    }

    /** The first thing that is wrong, and where. */
    static Optional<String> problem(JsonNode root) {
        try {
            Set<String> ids = new HashSet<>();
            JsonNode list = array(root, "lessons", "lessons", MAX_LESSONS);
            for (int i = 0; i < list.size(); i++) {
                lesson(list.get(i), "lessons[" + i + "]", ids);
            }
            return Optional.empty();
        } catch (Violation e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static void lesson(JsonNode node, String at, Set<String> ids) throws Violation {
        id(node, at, id -> LessonId.parse(id).isPresent(), LessonId.form(), ids);
        Set<String> objectives = objectives(node, at);
        Set<String> activityIds = new HashSet<>();
        JsonNode list = array(node, "activities", at + ".activities", MAX_ACTIVITIES);
        for (int i = 0; i < list.size(); i++) {
            activity(list.get(i), at + ".activities[" + i + "]", activityIds, objectives);
        }
        text(node, "title", at);
    }

    private static void activity(JsonNode node, String at, Set<String> ids, Set<String> objectives) throws Violation {
        id(node, at, id -> ActivityId.parse(id).isPresent(), ActivityId.form(), ids);
        for (JsonNode objective : node.path("objectiveIds")) {
            if (!objectives.contains(objective.asText())) {
                throw new Violation(
                        at + ".objectiveIds names " + objective + ", which its lesson's objectives do not have");
            }
        }
        text(node, "title", at);
    }

    private static Set<String> objectives(JsonNode lesson, String at) throws Violation {
        Set<String> ids = new HashSet<>();
        JsonNode list = lesson.path("objectives");
        for (int i = 0; i < list.size(); i++) {
            String place = at + ".objectives[" + i + "]";
            text(list.get(i), "text", place);
            if (!ids.add(text(list.get(i), "id", place))) {
                throw new Violation(place + ".id is there twice");
            }
        }
        return ids;
    }

    private static void id(JsonNode node, String at, Predicate<String> isInForm, String form, Set<String> seen)
            throws Violation {
        String id = text(node, "id", at);
        if (!isInForm.test(id)) {
            throw new Violation(at + ".id must match " + form + ", not be \"" + id + "\"");
        }
        if (!seen.add(id)) {
            throw new Violation(at + ".id is \"" + id + "\", which is there twice");
        }
    }

    private static String text(JsonNode node, String field, String at) throws Violation {
        JsonNode value = node.path(field);
        if (!value.isTextual() || value.textValue().isBlank()) {
            throw new Violation(at + "." + field + " must be a text");
        }
        return value.textValue();
    }

    private static JsonNode array(JsonNode node, String field, String at, int max) throws Violation {
        JsonNode value = node.path(field);
        if (!value.isArray()) {
            throw new Violation(at + " must be a list");
        }
        if (value.size() > max) {
            throw new Violation(at + " has " + value.size() + " entries; the most is " + max);
        }
        return value;
    }
}
