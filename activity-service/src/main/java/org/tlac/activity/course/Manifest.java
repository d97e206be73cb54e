package org.tlac.activity.course;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.tlac.activity.course.Course.Activity;
import org.tlac.activity.course.Course.Lesson;

/**
 * Reads a course manifest (its shape: the end of api.md). Strict in what this service uses: ids, titles, objectives that exist. Fields
 * that only pages use are left to them, and unknown ones to whoever added them.
 */
final class Manifest {

    /** Every lesson is a label of {@code tlac_activity_saves_total}: a bound on both. */
    static final int MAX_LESSONS = 500;

    static final int MAX_ACTIVITIES = 200;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Manifest() {}

    /** @throws BrokenCourseException that says where and what is wrong */
    static Course parse(String json) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new BrokenCourseException("is not JSON: " + e.getOriginalMessage() + " (line "
                    + (e.getLocation() == null ? "?" : e.getLocation().getLineNr()) + ")");
        }
        List<Lesson> lessons = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        JsonNode list = array(root, "lessons", "lessons", MAX_LESSONS);
        for (int i = 0; i < list.size(); i++) {
            lessons.add(lesson(list.get(i), "lessons[" + i + "]", ids));
        }
        return new Course(lessons);
    }

    private static Lesson lesson(JsonNode node, String at, Set<String> ids) {
        String id = id(node, at, ActivityKey.LESSON, ids);
        Set<String> objectives = objectives(node, at);
        List<Activity> activities = new ArrayList<>();
        Set<String> activityIds = new HashSet<>();
        JsonNode list = array(node, "activities", at + ".activities", MAX_ACTIVITIES);
        for (int i = 0; i < list.size(); i++) {
            activities.add(activity(list.get(i), at + ".activities[" + i + "]", activityIds, objectives));
        }
        return new Lesson(id, text(node, "title", at), activities);
    }

    private static Activity activity(JsonNode node, String at, Set<String> ids, Set<String> objectives) {
        String id = id(node, at, ActivityKey.ACTIVITY, ids);
        for (JsonNode objective : node.path("objectiveIds")) {
            if (!objectives.contains(objective.asText())) {
                throw new BrokenCourseException(
                        at + ".objectiveIds names " + objective + ", which its lesson's objectives do not have");
            }
        }
        return new Activity(id, text(node, "title", at));
    }

    private static Set<String> objectives(JsonNode lesson, String at) {
        Set<String> ids = new HashSet<>();
        JsonNode list = lesson.path("objectives");
        for (int i = 0; i < list.size(); i++) {
            String place = at + ".objectives[" + i + "]";
            text(list.get(i), "text", place);
            if (!ids.add(text(list.get(i), "id", place))) {
                throw new BrokenCourseException(place + ".id is there twice");
            }
        }
        return ids;
    }

    private static String id(JsonNode node, String at, Pattern form, Set<String> seen) {
        String id = text(node, "id", at);
        if (!form.matcher(id).matches()) {
            throw new BrokenCourseException(at + ".id must match " + form.pattern() + ", not be \"" + id + "\"");
        }
        if (!seen.add(id)) {
            throw new BrokenCourseException(at + ".id is \"" + id + "\", which is there twice");
        }
        return id;
    }

    private static String text(JsonNode node, String field, String at) {
        JsonNode value = node.path(field);
        if (!value.isTextual() || value.textValue().isBlank()) {
            throw new BrokenCourseException(at + "." + field + " must be a text");
        }
        return value.textValue();
    }

    private static JsonNode array(JsonNode node, String field, String at, int max) {
        JsonNode value = node.path(field);
        if (!value.isArray()) {
            throw new BrokenCourseException(at + " must be a list");
        }
        if (value.size() > max) {
            throw new BrokenCourseException(at + " has " + value.size() + " entries; the most is " + max);
        }
        return value;
    }
}
