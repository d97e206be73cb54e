package org.tlac.platform.course;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A manifest as it was read. Takes much memory: to make something of, not to keep.
 *
 * @param json the whole, with the fields that only pages use
 */
public record ManifestDocument(JsonNode json, Manifest manifest) {

    /** Deeper nesting has no use here and would cost stack in every reader of it. */
    static final int MAX_DEPTH = 100;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /**
     * Reads a manifest, in any encoding of JSON's and with the mark that some editors begin a file with.
     *
     * @param path for messages
     * @throws BrokenFileException that says where it is no JSON
     */
    public static ManifestDocument parse(String path, byte[] content) {
        try {
            JsonNode json = JSON.readTree(content);
            Optional<String> problem = encodingProblem(content).map(what -> path + what);
            return new ManifestDocument(
                    json,
                    Manifest.of(
                            json, problem.or(() -> ManifestRules.problem(json).map(what -> path + ": " + what))));
        } catch (JsonProcessingException e) {
            if (!isUtf8(content)) {
                throw new BrokenFileException(path + " is not UTF-8", e);
            }
            throw new BrokenFileException(path + ": " + place(e) + "is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new BrokenFileException(path + " is not UTF-8", e);
        }
    }

    private static String place(JsonProcessingException e) {
        JsonLocation where = e.getLocation();
        return where == null ? "" : "line " + where.getLineNr() + ", column " + where.getColumnNr() + ": ";
    }

    /** What JSON allows and the contract does not. */
    private static Optional<String> encodingProblem(byte[] content) {
        String text = new String(content, StandardCharsets.UTF_8);
        if (!isUtf8(content) || text.indexOf('\0') >= 0) {
            return Optional.of(" is not UTF-8");
        }
        return text.startsWith("\uFEFF") ? Optional.of(" begins with a byte order mark") : Optional.empty();
    }

    private static boolean isUtf8(byte[] content) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
