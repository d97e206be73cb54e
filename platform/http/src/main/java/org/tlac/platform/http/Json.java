package org.tlac.platform.http;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.stream.Collectors;

/**
 * JSON as the contract has it: snake_case, ISO 8601 times, and strict on the way in. Duplicate keys, trailing text, unknown fields,
 * numbers in place of strings and NUL characters are refused with 400 and a sentence that names the field.
 */
public final class Json {

    /** Deeper nesting has no use here and would cost stack in every reader of it. */
    static final int MAX_DEPTH = 100;

    private static final ObjectMapper MAPPER = JsonMapper.builder(com.fasterxml.jackson.core.JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .addModule(new JavaTimeModule())
            .addModule(new SimpleModule()
                    .addDeserializer(Instant.class, new Moment())
                    .addDeserializer(String.class, new Text()))
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private Json() {}

    /** UTF-8 bytes of a value: records, maps, lists, {@link JsonNode}s. */
    public static byte[] write(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A value of ours cannot be written as JSON", e);
        }
    }

    public static String text(Object value) {
        return new String(write(value), java.nio.charset.StandardCharsets.UTF_8);
    }

    /**
     * Reads what a client sent.
     *
     * @throws ApiError 400 that says what is wrong with it
     */
    public static <T> T read(byte[] body, Class<T> type) {
        try {
            JsonNode tree = MAPPER.readTree(body);
            if (tree == null || tree.isMissingNode() || tree.isNull()) {
                throw ApiError.badRequest("The body must be a JSON object.");
            }
            refuseUnstorable(tree);
            return MAPPER.treeToValue(tree, type);
        } catch (UnrecognizedPropertyException e) {
            throw ApiError.badRequest("Unknown field: " + printable(e.getPropertyName()) + ".");
        } catch (StreamConstraintsException e) {
            throw ApiError.badRequest("The JSON is nested too deeply or has too long a value.");
        } catch (JsonMappingException e) {
            throw ApiError.badRequest("Wrong value" + field(e) + ".");
        } catch (JsonProcessingException e) {
            throw ApiError.badRequest("Malformed JSON.");
        } catch (IOException e) {
            throw new UncheckedIOException("Reading from memory cannot fail", e);
        }
    }

    /** Reads JSON of our own making, such as a column or another service's answer. */
    public static JsonNode tree(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("JSON of ours cannot be read", e);
        }
    }

    /**
     * Reads a file that people write, in any encoding of JSON's and with the mark that some editors begin it with.
     *
     * @throws IllegalStateException that says where it is wrong
     */
    public static JsonNode file(byte[] content) {
        try {
            return MAPPER.readTree(content);
        } catch (JsonProcessingException e) {
            JsonLocation where = e.getLocation();
            String place = where == null ? "" : "line " + where.getLineNr() + ", column " + where.getColumnNr() + ": ";
            throw new IllegalStateException(place + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** A value as the tree that {@link #write} would print. */
    public static JsonNode toTree(Object value) {
        return MAPPER.valueToTree(value);
    }

    private static String field(JsonMappingException e) {
        String path = e.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : printable(step.getFieldName()))
                .collect(Collectors.joining("."));
        return path.isEmpty() ? "" : " in field " + path.replace(".[", "[");
    }

    private static String printable(String name) {
        String safe = name.replaceAll("[^\\x20-\\x7e]", "?");
        return safe.length() <= 60 ? safe : safe.substring(0, 60) + "…";
    }

    /** PostgreSQL stores neither NUL nor half a surrogate pair: better a 400 here than a failed statement there. */
    private static void refuseUnstorable(JsonNode node) {
        if (node.isTextual()) {
            refuseUnstorable(node.textValue());
        }
        node.properties().forEach(field -> {
            refuseUnstorable(field.getKey());
            refuseUnstorable(field.getValue());
        });
        if (node.isArray()) {
            node.forEach(Json::refuseUnstorable);
        }
    }

    private static void refuseUnstorable(String text) {
        if (text.indexOf('\0') >= 0) {
            throw ApiError.badRequest("Text must not contain NUL characters.");
        }
        if (text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw ApiError.badRequest("Text must not contain half a surrogate pair.");
        }
    }

    /** A string; numbers and booleans are not strings. */
    private static final class Text extends StdScalarDeserializer<String> {

        Text() {
            super(String.class);
        }

        @Override
        public String deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            if (!parser.currentToken().isScalarValue()
                    || parser.currentToken().isNumeric()
                    || parser.currentToken().isBoolean()) {
                return (String) context.handleUnexpectedToken(String.class, parser);
            }
            return parser.getText();
        }
    }

    /** A moment: epoch milliseconds (number) or ISO 8601 with an offset (string). */
    private static final class Moment extends StdScalarDeserializer<Instant> {

        Moment() {
            super(Instant.class);
        }

        @Override
        public Instant deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            try {
                return switch (parser.currentToken()) {
                    case VALUE_NUMBER_INT -> Instant.ofEpochMilli(parser.getLongValue());
                    case VALUE_STRING -> OffsetDateTime.parse(parser.getText()).toInstant();
                    default -> (Instant) context.handleUnexpectedToken(Instant.class, parser);
                };
            } catch (DateTimeException | JsonProcessingException e) {
                throw JsonMappingException.from(parser, "not a moment", e);
            }
        }
    }
}
