package org.tlac.platform.course;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdsTest {

    /** The contract: {@code ^lesson-\d+$} and {@code ^a\d+$}. */
    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "007", "999999999"})
    void contractsForms_areIds(String number) {
        assertThat(LessonId.parse("lesson-" + number)).contains(new LessonId("lesson-" + number));
        assertThat(ActivityId.parse("a" + number)).contains(new ActivityId("a" + number));
        assertThat(new LessonId("lesson-" + number)).hasToString("lesson-" + number);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {"", "lesson-", "lesson-x", "Lesson-1", "lesson-1 ", "lesson-1\n", "lesson-+1", "lesson-\u0661"})
    void otherTexts_areNoLessonIds(String text) {
        assertThat(LessonId.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "a", "b1", "A1", "a1 ", "a1\n", "a-1", "a\u0661", "lesson-1"})
    void otherTexts_areNoActivityIds(String text) {
        assertThat(ActivityId.parse(text)).isEmpty();
    }

    @Test
    void lengths_areBounded() {
        assertThat(LessonId.parse("lesson-1234567890")).isEmpty();
        assertThat(ActivityId.parse("a1234567890")).isEmpty();
        assertThatThrownBy(() -> new LessonId("lesson-1234567890"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A lesson's id must match lesson-[0-9]{1,9}");
        assertThatThrownBy(() -> ActivityKey.of("lesson-1", "b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("An activity's id must match a[0-9]{1,9}");
    }

    @Test
    void json_hasThemAsTexts() throws Exception {
        assertThat(new ObjectMapper().writeValueAsString(ActivityKey.of("lesson-1", "a2")))
                .isEqualTo("{\"lessonId\":\"lesson-1\",\"activityId\":\"a2\"}");
    }
}
