package org.tlac.acceptance.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * As much of JSON Schema as schemas made of TypeScript's types use. A keyword that it does not know is an error, lest a rule be passed
 * over in silence.
 *
 * @param root the whole schema, in which references are looked up
 */
record JsonSchema(JsonNode root) {

    private static final Set<String> KEYWORDS = Set.of(
            "$ref", "type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "not");
    private static final Set<String> NOT_RULES = Set.of("$comment", "definitions");

    /** What is wrong with a document, each with its place; empty when it is valid. */
    List<String> findings(JsonNode document) {
        List<String> findings = new ArrayList<>();
        check(root, document, "", findings);
        return findings;
    }

    private void check(JsonNode schema, JsonNode value, String place, List<String> findings) {
        for (Map.Entry<String, JsonNode> rule : schema.properties()) {
            if (!KEYWORDS.contains(rule.getKey()) && !NOT_RULES.contains(rule.getKey())) {
                throw new IllegalArgumentException("Unknown keyword " + rule.getKey() + " at " + place);
            }
        }
        if (schema.has("$ref")) {
            check(root.at(schema.path("$ref").asText().substring(1)), value, place, findings);
        }
        if (schema.has("type") && !isOfType(schema.path("type"), value)) {
            findings.add(place + " is no " + schema.path("type"));
        }
        if (schema.has("const") && !schema.path("const").equals(value)) {
            findings.add(place + " is not " + schema.path("const"));
        }
        if (schema.has("enum") && stream(schema.path("enum")).noneMatch(value::equals)) {
            findings.add(place + " " + value + " is none of " + schema.path("enum"));
        }
        if (schema.has("not") && isValid(schema.path("not"), value)) {
            findings.add(place + " is what it must not be");
        }
        if (schema.has("anyOf")) {
            any(schema.path("anyOf"), value, place, findings);
        }
        if (value.isObject()) {
            object(schema, value, place, findings);
        } else if (value.isArray() && schema.has("items")) {
            for (int i = 0; i < value.size(); i++) {
                check(schema.path("items"), value.get(i), place + "/" + i, findings);
            }
        }
    }

    private void object(JsonNode schema, JsonNode value, String place, List<String> findings) {
        for (JsonNode required : schema.path("required")) {
            if (!value.has(required.asText())) {
                findings.add(place + " has no " + required.asText());
            }
        }
        JsonNode others = schema.path("additionalProperties");
        for (Map.Entry<String, JsonNode> field : value.properties()) {
            String at = place + "/" + field.getKey();
            JsonNode known = schema.path("properties").path(field.getKey());
            if (!known.isMissingNode()) {
                check(known, field.getValue(), at, findings);
            } else if (others.isBoolean() && !others.asBoolean()) {
                findings.add(at + " is unknown");
            } else if (others.isObject()) {
                check(others, field.getValue(), at, findings);
            }
        }
    }

    /** Of several possibilities the one that comes closest says what is wrong. */
    private void any(JsonNode schemas, JsonNode value, String place, List<String> findings) {
        List<String> closest = null;
        for (JsonNode schema : schemas) {
            List<String> found = new ArrayList<>();
            check(schema, value, place, found);
            if (closest == null || found.size() < closest.size()) {
                closest = found;
            }
        }
        findings.addAll(closest == null ? List.of(place + " has no possible form") : closest);
    }

    private boolean isValid(JsonNode schema, JsonNode value) {
        List<String> found = new ArrayList<>();
        check(schema, value, "", found);
        return found.isEmpty();
    }

    private static boolean isOfType(JsonNode types, JsonNode value) {
        return types.isArray()
                ? stream(types).anyMatch(type -> isOfType(type, value))
                : switch (types.asText()) {
                    case "object" -> value.isObject();
                    case "array" -> value.isArray();
                    case "string" -> value.isTextual();
                    case "number" -> value.isNumber();
                    case "integer" -> value.isIntegralNumber();
                    case "boolean" -> value.isBoolean();
                    case "null" -> value.isNull();
                    default -> throw new IllegalArgumentException("Unknown type " + types);
                };
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
