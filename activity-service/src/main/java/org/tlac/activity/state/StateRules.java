package org.tlac.activity.state;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.http.ApiError;

/** What a save may hold. */
final class StateRules {

    private static final Pattern ENTITY_TAG = Pattern.compile("\"([0-9]{1,18})\"");

    /** Years that timestamps have in practice, well inside what PostgreSQL stores. */
    private static final Instant EARLIEST = Instant.parse("1970-01-01T00:00:00Z");

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

    private StateRules() {}

    /**
     * The state as it is stored: compact JSON, keys in the order in which they were sent, numbers with every digit.
     *
     * @param maxBytes the most that the stored form may take
     * @throws ApiError 400 when it is missing, no object or cannot be stored, 413 when it is too large
     */
    static StateText text(@Nullable JsonNode state, int maxBytes) {
        if (state == null || !state.isObject()) {
            throw ApiError.badRequest("state must be a JSON object.");
        }
        StateText text = StateText.of(state);
        if (text.bytes() > maxBytes) {
            throw ApiError.tooLarge("The state is larger than " + maxBytes + " bytes.");
        }
        return text;
    }

    /** @param bytes the length of {@code json} in UTF-8 */
    record StateText(String json, int bytes) {

        static StateText of(JsonNode state) {
            // Not Json.write: that spells every character beyond the first plane in twelve bytes instead of four.
            String json = state.toString();
            return new StateText(json, json.getBytes(StandardCharsets.UTF_8).length);
        }
    }

    /** The revision that a client says its work grew from: a header of the form {@code "42"}, quotes included. */
    static @Nullable Long expectedRevision(@Nullable String ifMatch) {
        if (ifMatch == null) {
            return null;
        }
        Matcher tag = ENTITY_TAG.matcher(ifMatch.strip());
        if (!tag.matches()) {
            throw ApiError.badRequest("If-Match must be one revision_id in double quotes.");
        }
        return Long.valueOf(tag.group(1));
    }

    static @Nullable Instant clientMoment(@Nullable Instant clientSavedAt) {
        if (clientSavedAt != null && (clientSavedAt.isBefore(EARLIEST) || clientSavedAt.isAfter(LATEST))) {
            throw ApiError.badRequest("client_saved_at is out of range.");
        }
        return clientSavedAt;
    }
}
