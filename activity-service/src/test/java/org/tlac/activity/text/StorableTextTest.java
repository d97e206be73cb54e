package org.tlac.activity.text;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StorableTextTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "ünïcode", "\uD83D\uDE00", "x\uD83D\uDE00\uD83D\uDE01y", "\u0001\uFFFF"})
    void wholeCharacters_mayBeStored(String text) {
        assertThatCode(() -> StorableText.check(text)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0", "a\0b", "\uD83D", "a\uD83Db", "\uDE00\uD83D", "\uD83D\uDE00\uDE00"})
    void nulAndHalfPairs_mayNot(String text) {
        assertThatThrownBy(() -> StorableText.check(text)).hasMessageStartingWith("Text must not contain");
    }
}
