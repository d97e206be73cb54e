package org.tlac.platform.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamedSqlTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "select :a, :b_2            ; select ?, ?               ; a b_2",
                "where x=:a and y=:a        ; where x=? and y=?         ; a a",
                "select (:a)::text          ; select (?)::text          ; a",
                "select '10:30', :a         ; select '10:30', ?         ; a",
                "select 'it''s :b', :a      ; select 'it''s :b', ?      ; a",
                "select E'\\' :b', :a       ; select E'\\' :b', ?       ; a",
                "select E'a''\\':b', :a     ; select E'a''\\':b', ?     ; a",
                "select \"c:b\", :a         ; select \"c:b\", ?         ; a",
                "select :a -- and :b?       ; select ? -- and :b?       ; a",
                "select /* :b? */ :a        ; select /* :b? */ ?        ; a",
                "do $x$ :b ? $$ $x$ :a      ; do $x$ :b ? $$ $x$ ?      ; a",
                "select tree ? :a           ; select tree ?? ?          ; a",
                "select tree ?| array[:a]   ; select tree ??| array[?]  ; a",
                "select 1:2, a := 1         ; select 1:2, a := 1        ; ``",
                "select 1                   ; select 1                  ; ``"
            })
    void statement_isReadAsPostgresReadsIt(String text, String sql, String names) {
        NamedSql parsed = NamedSql.parse(text);
        assertThat(parsed.sql()).isEqualTo(sql);
        assertThat(String.join(" ", parsed.names())).isEqualTo(names);
    }

    @Test
    void longText_needsNoStack() {
        String text = "select E'" + "\\'".repeat(100_000) + "', '" + "''".repeat(100_000) + "', :a";
        assertThat(NamedSql.parse(text).names()).containsExactly("a");
    }

    @Test
    void valuesComeInTheOrderOfTheStatement() {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("a", Instant.parse("2026-11-23T10:00:00Z"));
        parameters.put("b", null);
        parameters.put("unused", 1);
        assertThat(NamedSql.parse("select :b, :a, :b").values(parameters))
                .isEqualTo(java.util.Arrays.asList(null, OffsetDateTime.parse("2026-11-23T10:00:00Z"), null));
    }

    @Test
    void missingOrUnbindableValue_isNamed() {
        NamedSql sql = NamedSql.parse("select :a, :b, :b");
        assertThatThrownBy(() -> sql.values(Map.of("a", 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Values are missing: b");
        assertThatThrownBy(() -> sql.values(Map.of("a", 1, "b", List.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Parameter b is of a type that cannot be bound");
    }
}
