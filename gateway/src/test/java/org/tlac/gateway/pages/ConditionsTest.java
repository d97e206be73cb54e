package org.tlac.gateway.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tlac.gateway.pages.Conditions.Part;

class ConditionsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"a\" | true",
                "W/\"a\" | true",
                "\"b\", \"a\" | true",
                "W/\"b\",W/\"a\" | true",
                "\"b,\", \"a\" | true",
                "'  \"a\"  ' | true",
                "* | true",
                "\"b\" | false",
                "a | false",
                "\"a | false",
                "\"A\" | false",
                "\"x,\"a\" | false",
                "\"b, *\" | false",
                "w/\"a\" | false",
                "'' | false",
                ", | false"
            })
    void ifNoneMatch_comparesWeakly(String tags, boolean listed) {
        assertThat(Conditions.lists(tags, "\"a\"")).isEqualTo(listed);
    }

    /** As many tags as a head can hold are read in time that grows with their number only. */
    @Test
    void endlessLists_areReadOnce() {
        assertThat(Conditions.lists("\"b\",".repeat(100_000) + "\"a\"", "\"a\""))
                .isTrue();
        assertThat(Conditions.lists(" ".repeat(100_000) + "x", "\"a\"")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 0",
        "bytes=0-9, 0, 9",
        "bytes=9-9, 9, 9",
        "bytes=0-10, 0, 9",
        "bytes=3-, 3, 9",
        "bytes=-1, 9, 9",
        "bytes=-10, 0, 9",
        "bytes=-999999999999999999, 0, 9",
        "bytes=2-999999999999999999, 2, 9"
    })
    void oneRange_isServed(String range, long first, long last) {
        assertThat(Conditions.part(range, 10)).isEqualTo(new Part.Bytes(first, last));
    }

    @ParameterizedTest
    @CsvSource({"bytes=10-", "bytes=10-10", "bytes=11-20", "bytes=-0", "bytes=999999999999999999-"})
    void rangeBeyondTheEnd_isRefused(String range) {
        assertThat(Conditions.part(range, 10)).isEqualTo(new Part.Beyond());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bytes=5-4",
                "bytes=-",
                "bytes=",
                "bytes=a-b",
                "bytes=0-1,3-4",
                "items=0-1",
                "bytes 0-1",
                "bytes=--1",
                "bytes=+1-2",
                "bytes=9999999999999999999-"
            })
    void whatIsNoSingleRange_isAnsweredWithTheWhole(String range) {
        assertThat(Conditions.part(range, 10)).isEqualTo(new Part.Whole());
    }

    @Test
    void ofNothing_everyRangeIsBeyondTheEnd() {
        assertThat(Conditions.part("bytes=0-", 0)).isEqualTo(new Part.Beyond());
        assertThat(Conditions.part("bytes=-5", 0)).isEqualTo(new Part.Beyond());
    }

    @Test
    void dates_areWholeSeconds_inTheFormOfHttp() {
        Instant modified = Instant.parse("1994-11-06T08:49:37.999Z");
        assertThat(Conditions.date(modified)).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
        assertThat(Conditions.notModifiedSince("Sun, 06 Nov 1994 08:49:37 GMT", modified))
                .isTrue();
        assertThat(Conditions.notModifiedSince("Sun, 06 Nov 1994 08:49:36 GMT", modified))
                .isFalse();
        assertThat(Conditions.notModifiedSince("yesterday", modified)).isFalse();
    }
}
