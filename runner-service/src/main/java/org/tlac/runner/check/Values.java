package org.tlac.runner.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;

/** Whether a value that a program gave is the one expected. The program's side is hostile text; nothing of it is run. */
final class Values {

    /** Sums of decimal fractions differ from what one expects by about that much. */
    private static final BigDecimal USUAL = new BigDecimal("1e-9");

    /** Python itself prints no longer whole numbers. */
    private static final int LONGEST_NUMBER = 4400;

    private Values() {}

    /**
     * Compares.
     *
     * @param expected as the checks have it
     * @param actual as harness.py writes values down
     * @param within how far a number may be from the expected one
     */
    static boolean matches(JsonNode expected, JsonNode actual, Optional<Double> within) {
        JsonNode value = actual.path("value");
        return switch (actual.path("type").asText()) {
            case "none" -> expected.isNull();
            case "bool" -> expected.isBoolean() && value.isBoolean() && expected.asBoolean() == value.asBoolean();
            case "str" ->
                expected.isTextual() && value.isTextual() && expected.asText().equals(value.asText());
            case "int", "float" -> expected.isNumber() && isNear(expected.decimalValue(), value, within);
            case "list", "tuple" -> expected.isArray() && value.isArray() && listMatches(expected, value, within);
            case "dict" -> expected.isObject() && value.isArray() && mapMatches(expected, value, within);
            default -> false;
        };
    }

    private static boolean isNear(BigDecimal expected, JsonNode value, Optional<Double> within) {
        String text = value.asText();
        if (!value.isTextual() || text.length() > LONGEST_NUMBER) {
            return false;
        }
        try {
            BigDecimal actual = new BigDecimal(text);
            if (Math.abs((long) actual.precision() - actual.scale()) > LONGEST_NUMBER) {
                return false;
            }
            BigDecimal tolerance = within.map(BigDecimal::valueOf)
                    .orElseGet(() -> expected.abs().max(BigDecimal.ONE).multiply(USUAL));
            return actual.subtract(expected).abs().compareTo(tolerance) <= 0;
        } catch (NumberFormatException e) {
            // inf and nan are near nothing, and so is what is no number at all.
            return false;
        }
    }

    private static boolean listMatches(JsonNode expected, JsonNode value, Optional<Double> within) {
        if (expected.size() != value.size()) {
            return false;
        }
        for (int i = 0; i < expected.size(); i++) {
            if (!matches(expected.get(i), value.get(i), within)) {
                return false;
            }
        }
        return true;
    }

    private static boolean mapMatches(JsonNode expected, JsonNode value, Optional<Double> within) {
        if (expected.size() != value.size()) {
            return false;
        }
        for (Map.Entry<String, JsonNode> entry : expected.properties()) {
            if (!matches(entry.getValue(), find(value, entry.getKey()), within)) {
                return false;
            }
        }
        return true;
    }

    /** Keys of mappings are text in the checks, whatever they are in Python: {@code 1} and {@code "1"} are the same there. */
    private static JsonNode find(JsonNode pairs, String key) {
        for (JsonNode pair : pairs) {
            if (pair.path(0).path("value").asText().equals(key)) {
                return pair.path(1);
            }
        }
        return pairs.path(pairs.size());
    }
}
