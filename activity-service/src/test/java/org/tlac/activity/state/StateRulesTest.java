package org.tlac.activity.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Json;

class StateRulesTest {

    private static JsonNode json(String text) {
        return Json.read(text.getBytes(StandardCharsets.UTF_8), Holder.class).state();
    }

    record Holder(JsonNode state) {}

    private static String stored(String state) {
        return StateRules.text(json("{\"state\":" + state + "}"), 1000).json();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | {}",
                "{ \"b\": 1, \"a\": [ true, null ] } | {\"b\":1,\"a\":[true,null]}",
                "{\"n\":12345678901234567890.123} | {\"n\":12345678901234567890.123}",
                "{\"n\":123456789012345678901234567890} | {\"n\":123456789012345678901234567890}",
                "{\"n\":1e400} | {\"n\":1E+400}",
                "{\"n\":-0.1} | {\"n\":-0.1}",
                "{\"t\":\"\\ud83d\\ude00 ü\"} | {\"t\":\"😀 ü\"}"
            })
    void state_isStoredCompactWithOrderAndEveryDigit(String sent, String stored) {
        assertThat(stored(sent)).isEqualTo(stored);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "[]", "1", "\"{}\"", "true"})
    void otherThanAnObject_isRefused(String state) {
        assertThatThrownBy(() -> stored(state)).hasMessage("state must be a JSON object.");
    }

    @Test
    void missingState_isRefused() {
        assertThatThrownBy(() -> StateRules.text(json("{}"), 1000)).hasMessage("state must be a JSON object.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\\u0000\":1}",
                "{\"a\":{\"b\":[{\"c\\u0000\":1}]}}",
                "{\"a\":[[\"\\u0000\"]]}",
                "{\"a\":\"\\ud83d\"}",
                "{\"\\ude00\":1}"
            })
    void textThatCannotBeStored_isRefusedAtAnyDepth(String state) {
        assertThatThrownBy(() -> stored(state))
                .isInstanceOfSatisfying(
                        ApiError.class, error -> assertThat(error.status()).isEqualTo(400));
    }

    @Test
    void size_isThatOfTheStoredFormInBytes() {
        JsonNode state = json("{\"state\": {  \"t\": \"üü\" }}");
        int bytes = "{\"t\":\"üü\"}".getBytes(StandardCharsets.UTF_8).length;

        assertThat(StateRules.text(state, bytes).bytes()).isEqualTo(bytes);
        assertThatThrownBy(() -> StateRules.text(state, bytes - 1))
                .isInstanceOfSatisfying(
                        ApiError.class, error -> assertThat(error.status()).isEqualTo(413));
    }

    @Test
    void ifMatch_isOneQuotedRevision() {
        assertThat(StateRules.expectedRevision(null)).isNull();
        assertThat(StateRules.expectedRevision("\"42\"")).isEqualTo(42);
        assertThat(StateRules.expectedRevision(" \"7\" ")).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "42", "*", "W/\"42\"", "\"\"", "\"a\"", "\"-1\"", "\"1\", \"2\"", "\"1234567890123456789\""})
    void otherIfMatch_isRefused(String header) {
        assertThatThrownBy(() -> StateRules.expectedRevision(header))
                .hasMessage("If-Match must be one revision_id in double quotes.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1969-12-31T23:59:59Z", "+10000-01-01T00:00:00Z", "+292278994-08-17T07:12:55Z"})
    void clientMomentOutOfRange_isRefused(String moment) {
        assertThatThrownBy(() -> StateRules.clientMoment(Instant.parse(moment)))
                .hasMessage("client_saved_at is out of range.");
    }
}
